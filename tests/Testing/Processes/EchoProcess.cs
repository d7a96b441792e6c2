using System.Diagnostics;
using System.Globalization;
using System.Net;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>One of the product's programs, running as a process of its own in an empty directory of its own.</summary>
public sealed class EchoProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private int? _exitCode;
    private int _said;

    private EchoProcess(Process process, string name, string directory)
    {
        (_process, Name, WorkingDirectory, Output) = (process, name, directory, new ProcessOutput(name));
        _reading = ReadAllAsync();
    }

    /// <summary>What to call it in a test's report.</summary>
    public string Name { get; }

    public string WorkingDirectory { get; }

    public ProcessOutput Output { get; }

    /// <summary>The most memory that it has ever held, in bytes.</summary>
    public long PeakResidentBytes => Status("VmHWM:");

    /// <summary>The memory that it holds now and that no file is behind, in bytes.</summary>
    public long AnonymousBytes => Status("RssAnon:");

    /// <summary>How many files, and above all sockets, it has open.</summary>
    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd").Count();

    /// <summary>What its threads are called, by the first 15 characters of each name. One that ends meanwhile is not among them.</summary>
    public IReadOnlyList<string> ThreadNames =>
        [.. Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Select(NameOf).OfType<string>()];

    /// <summary>How much of the CPU it has used, for itself and in the system.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="executable">Which one.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">What to add to its environment.</param>
    /// <param name="settings">The appsettings.json in its directory; none when null.</param>
    /// <param name="through">A command that becomes it, such as setpriv with its arguments; none when empty.</param>
    public static EchoProcess Start(
        EchoExecutable executable,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? settings = null,
        params IReadOnlyList<string> through)
    {
        var directory = Directory.CreateTempSubdirectory("echo-").FullName; // short: a Unix socket's path has 107 bytes
        if (settings is not null) File.WriteAllText(Path.Combine(directory, "appsettings.json"), settings);
        string[] command = [.. through, .. executable.Command, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        return new EchoProcess(process, $"{executable} ({process.Id})", directory);
    }

    /// <summary>Waits until a listener accepts.</summary>
    /// <returns>Its real address.</returns>
    public async Task<EndPoint> ListenerAsync(string listener)
    {
        var line = await Output.WaitForAsync($"Listener {listener} accepts on ");
        var address = line.Split(" accepts on ")[1].Split(" (")[0];
        return address.StartsWith("unix:", StringComparison.Ordinal)
            ? new System.Net.Sockets.UnixDomainSocketEndPoint(address["unix:".Length..])
            : IPEndPoint.Parse(address);
    }

    /// <summary>Waits until health and metrics are served.</summary>
    /// <returns>Where.</returns>
    public async Task<Uri> ManagementAsync()
    {
        const string banner = "Health and metrics: ";
        return new Uri((await Output.WaitForAsync(banner))[banner.Length..]);
    }

    /// <summary>Leaves it room for so many more open files than it has now, as an operator does with prlimit(1).</summary>
    public void LeaveRoomForDescriptors(int more) => ProcessSignals.LimitOpenFiles(_process.Id, Descriptors + more);

    public void Send(Signal signal) => ProcessSignals.Send(_process.Id, signal);

    /// <summary>Freezes it, and waits until it stands still.</summary>
    public Task FreezeAsync() => ProcessSignals.FreezeAsync(_process.Id);

    /// <summary>Waits until it has ended and all that it wrote is here.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WithinAsync($"{Name} to end", limit);
        await _reading.WithinAsync($"the end of {Name}'s output");
        _exitCode = _process.ExitCode;
        return _process.ExitCode;
    }

    /// <summary>What it wrote since it was asked last: for the report of the test that caused it.</summary>
    public string Report()
    {
        var news = Output.Lines.Skip(_said).ToList();
        _said += news.Count;
        return $"--- {Name}{(_exitCode is { } code ? $", exit code {code}" : "")}\n" + string.Join('\n', news);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Send(Signal.Kill);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _exitCode = _process.ExitCode;
        _process.Dispose();
        Directory.Delete(WorkingDirectory, recursive: true);
    }

    private async Task ReadAllAsync()
    {
        await Task.WhenAll(
            Output.ReadAsync(_process.StandardOutput, isError: false), Output.ReadAsync(_process.StandardError, isError: true));
        Output.End();
    }

    private static string? NameOf(string thread)
    {
        try
        {
            return File.ReadAllText($"{thread}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private long Status(string key)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
