using System.Runtime.InteropServices;

namespace OrleansEcho.ServiceDefaults.Processes;

/// <summary>
/// The signals that people, terminals, supervisors and the kernel send, and that end a process without a word unless it listens: all of them mean that it is to stop. One that the process inherited as ignored
/// (<c>nohup</c>, a shell's background job) stays ignored.
/// </summary>
/// <remarks>
/// Not among them: SIGKILL, which nobody can catch; SIGPIPE, which .NET ignores; SIGSEGV, SIGABRT and the like, after which nothing in the process is certain; SIGALRM, SIGVTALRM, SIGPROF, SIGIO and
/// SIGSTKFLT, which come from within it: a profiler that is loaded into it lives on them.
/// </remarks>
public sealed class StopSignals : IDisposable
{
    private static readonly IReadOnlyDictionary<PosixSignal, string> Names = Known().ToDictionary(known => known.Signal, known => known.Name);

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="arrived">Called on a thread of its own for each signal; it ends the process if it throws, or does not set <see cref="PosixSignalContext.Cancel"/>.</param>
    public StopSignals(Action<PosixSignalContext> arrived)
    {
        foreach (var signal in Names.Keys) _registrations.Add(PosixSignalRegistration.Create(signal, arrived));
    }

    /// <summary>What a signal is called: <c>SIGHUP</c>.</summary>
    public static string NameOf(PosixSignal signal) => Names.GetValueOrDefault(signal) ?? $"signal {signal}";

    /// <summary>Listens no more: a signal ends the process.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    // .NET has no names for the others, and takes Linux' numbers.
    private static IEnumerable<(PosixSignal Signal, string Name)> Known()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP]) yield return (signal, signal.ToString());
        if (!OperatingSystem.IsLinux()) yield break;
        yield return ((PosixSignal)10, "SIGUSR1");
        yield return ((PosixSignal)12, "SIGUSR2");
        yield return ((PosixSignal)24, "SIGXCPU"); // the soft limit of CPU time (ulimit -t)
        yield return ((PosixSignal)25, "SIGXFSZ"); // the limit of a file's size (ulimit -f)
        yield return ((PosixSignal)30, "SIGPWR"); // the power fails; a container manager stops its containers
    }
}
