using System.Runtime.InteropServices;

namespace OrleansEcho.Testing.Processes;

/// <summary>Sends signals to processes that a test has started, and sets their limits.</summary>
internal static class ProcessSignals
{
    public static void Send(int process, Signal signal)
    {
        if (Kill(process, (int)signal) is not 0) throw new InvalidOperationException($"Process {process} did not take {signal}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Sends a signal to a process that may have ended by itself.</summary>
    public static void SendIfAlive(int process, Signal signal) => _ = Kill(process, (int)signal);

    /// <summary>Sets how many files a process may have open. The hard limit stays, so that it can be raised again.</summary>
    public static void LimitOpenFiles(int process, int limit)
    {
        const int LimitOfOpenFiles = 7; // RLIMIT_NOFILE
        ulong[] limits = [0, 0]; // the soft one, and the hard one
        if (Limit(process, LimitOfOpenFiles, null, limits) is 0 && Limit(process, LimitOfOpenFiles, [(ulong)limit, limits[1]], null) is 0) return;
        throw new InvalidOperationException($"The limit of process {process} was not set: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Freezes a process, and waits until each of its threads stands still: one that runs on another core may finish something first.</summary>
    public static async Task FreezeAsync(int process)
    {
        Send(process, Signal.Stop);
        await Deadline.UntilAsync(() => Task.FromResult(Directory.EnumerateDirectories($"/proc/{process}/task").All(IsStopped)), $"process {process} to stand still");
    }

    /// <summary>The processes that a process has started itself and that still run.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
        [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    // The state follows the name in brackets, which may hold anything. One that has ended, and whose parent is frozen, stays as a zombie.
    private static bool IsStopped(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1][0] is 'T' or 'Z';
        }
        catch (IOException)
        {
            return true; // it was about to end, and has
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static extern int Limit(int process, int resource, ulong[]? wanted, [Out] ulong[]? before);
}
