using System.Diagnostics;
using System.Globalization;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>
/// A container as far as its memory goes: a group of processes with a limit, which .NET finds as it does in a real one. Under cgroup v2, as
/// Kubernetes has it, sockets' buffers count towards the limit; v1 has an account of their own for them, which is added here. Needs root,
/// or sudo that asks for no password.
/// </summary>
internal sealed class MemoryContainer : IAsyncDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const string V1 = Root + "/memory";

    private static int Made;

    private readonly string _folder;
    private readonly bool _isV1;

    private MemoryContainer(string folder, bool isV1) => (_folder, _isV1) = (folder, isV1);

    /// <summary>A command that becomes a program in it.</summary>
    public string[] Through => ["sh", "-c", $"echo $$ | {AsRoot} tee {PathOf("cgroup.procs")} > /dev/null && exec \"$@\"", "sh"];

    /// <summary>All that it takes, in bytes: processes, what the kernel holds for them, and sockets.</summary>
    public long UsedBytes => _isV1 ? Read("memory.usage_in_bytes") + SocketBytes : Read("memory.current");

    /// <summary>What of it is in sockets' buffers, in bytes.</summary>
    public long SocketBytes => _isV1 ? Read("memory.kmem.tcp.usage_in_bytes") : Field("memory.stat", "sock");

    /// <summary>How many of its processes were killed because they took more than the limit.</summary>
    public long Kills => _isV1 ? Field("memory.oom_control", "oom_kill") : Field("memory.events", "oom_kill");

    private static string AsRoot => Environment.IsPrivilegedProcess ? "" : "sudo -n";

    /// <summary>Makes one.</summary>
    /// <param name="limitBytes">The most memory that it may take, in bytes.</param>
    /// <exception cref="InvalidOperationException">There can be none here, and why.</exception>
    public static async Task<MemoryContainer> CreateAsync(long limitBytes)
    {
        var isV1 = File.Exists($"{V1}/memory.limit_in_bytes");
        var container = new MemoryContainer(
            $"{(isV1 ? V1 : Root)}/echo-{Environment.ProcessId}-{Interlocked.Increment(ref Made)}", isV1);
        // Of v1, the limit of sockets alone has them counted. Kubernetes has no swap by default.
        var (prepare, limits) = isV1
            ? ("true", (string[])["memory.limit_in_bytes", "memory.kmem.tcp.limit_in_bytes"])
            : ($"echo +memory > {Root}/cgroup.subtree_control", ["memory.max"]);
        var swap = container.PathOf("memory.swap.max");
        await RunAsync(
            $"{prepare} && mkdir {container._folder} && "
            + string.Join(" && ", limits.Select(file => $"echo {limitBytes} > {container.PathOf(file)}"))
            + $" && if [ -e {swap} ]; then echo 0 > {swap}; fi");
        return container;
    }

    /// <summary>Removes it, which the kernel allows when the last of its processes has gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await Deadline.UntilAsync(
            () => Task.FromResult(File.ReadAllText(PathOf("cgroup.procs")).Length is 0),
            $"{_folder} to be without processes");
        await RunAsync($"rmdir {_folder}");
    }

    private static async Task RunAsync(string script)
    {
        string[] command = [.. AsRoot.Split(' ', StringSplitOptions.RemoveEmptyEntries), "sh", "-c", script];
        using var shell = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var fault = await shell.StandardError.ReadToEndAsync(CancellationToken.None);
        await shell.WaitForExitAsync(CancellationToken.None);
        if (shell.ExitCode is 0) return;
        throw new InvalidOperationException(
            $"No group of processes with a limit of memory can be had below {Root}, which takes cgroup v1 or v2, and root or sudo: {fault}");
    }

    private long Read(string file) => long.Parse(File.ReadAllText(PathOf(file)), CultureInfo.InvariantCulture);

    private long Field(string file, string name) => File.ReadLines(PathOf(file)).Select(line => line.Split(' '))
        .Where(field => field[0] == name).Select(field => long.Parse(field[1], CultureInfo.InvariantCulture)).Single();

    private string PathOf(string file) => Path.Combine(_folder, file);
}
