using System.Diagnostics;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>
/// A server that keeps data, as a process on a port of its own, with its data in a folder of its own. It can be stopped, killed and frozen,
/// and comes back at the same port with its data.
/// </summary>
/// <param name="address">Where it listens.</param>
/// <param name="through">A command that becomes it; none when empty.</param>
public abstract class StoreServer(string address, IReadOnlyList<string> through) : IAsyncDisposable
{
    private Process? _process;
    private ProcessOutput? _output;
    private Task _reading = Task.CompletedTask;

    /// <summary>Where it listens.</summary>
    public string Address => address;

    /// <summary>The port, the same for as long as this object lives.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>What the product calls a connection string.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Where its data is.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("store-").FullName; // short: a Unix socket's path has 107 bytes

    /// <summary>The signal at which it ends in order.</summary>
    protected abstract Signal Stop { get; }

    /// <summary>The signal at which it ends without tidying up.</summary>
    protected abstract Signal Crash { get; }

    /// <summary>What it writes when it can be used.</summary>
    protected abstract string ReadyLine { get; }

    /// <summary>Starts it, again or for the first time, and waits until it can be used.</summary>
    public async Task StartAsync()
    {
        string[] command = [.. through, .. Command()];
        _process = Launch(command);
        _output = new ProcessOutput($"{command[0]} ({_process.Id})");
        _reading = ReadAllAsync(_process, _output);
        try
        {
            await _output.WaitForAsync(ReadyLine);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{fault.Message}\n{string.Join('\n', _output.Lines)}", fault);
        }
    }

    /// <summary>Stops it in order, and waits until it has ended.</summary>
    public Task StopAsync() => EndAsync(Stop);

    /// <summary>Ends it as a crash does, and waits until it has ended.</summary>
    public Task KillAsync() => EndAsync(Crash);

    /// <summary>Freezes it and all that works for it: connections stay and nobody answers.</summary>
    public async Task FreezeAsync()
    {
        await ProcessSignals.FreezeAsync(Running.Id); // first: it starts no more of them
        foreach (var worker in ProcessSignals.ChildrenOf(Running.Id)) await ProcessSignals.FreezeAsync(worker);
    }

    /// <summary>Lets a frozen one go on.</summary>
    public void Continue()
    {
        ProcessSignals.Send(Running.Id, Signal.Continue);
        foreach (var worker in ProcessSignals.ChildrenOf(Running.Id)) ProcessSignals.SendIfAlive(worker, Signal.Continue); // it may just have ended
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is { HasExited: false })
        {
            Continue();
            ProcessSignals.Send(_process.Id, Crash);
            await _process.WaitForExitAsync(CancellationToken.None);
            await _reading;
        }

        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The command that becomes the server.</summary>
    protected abstract string[] Command();

    /// <summary>Runs a command to its end.</summary>
    protected static async Task RunAsync(params string[] command)
    {
        using var process = Launch(command);
        var output = new ProcessOutput(command[0]);
        var reading = ReadAllAsync(process, output);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WithinAsync($"{command[0]} to end");
        await reading;
        Assert.True(process.ExitCode is 0, $"{string.Join(' ', command)} ended with {process.ExitCode}:\n{string.Join('\n', output.Lines)}");
    }

    private Process Running => _process ?? throw new InvalidOperationException("The server has not been started.");

    private static Process Launch(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment["LC_ALL"] = "C"; // we wait for a line of its
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    private static async Task ReadAllAsync(Process process, ProcessOutput output)
    {
        await Task.WhenAll(output.ReadAsync(process.StandardOutput, isError: false), output.ReadAsync(process.StandardError, isError: true));
        output.End();
    }

    private async Task EndAsync(Signal signal)
    {
        ProcessSignals.Send(Running.Id, signal);
        await Running.WaitForExitAsync(TestContext.Current.CancellationToken).WithinAsync($"the server at port {Port} to end");
        await _reading.WithinAsync("the end of its output");
    }
}
