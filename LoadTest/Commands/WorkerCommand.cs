using System.CommandLine;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>worker</c>: does its part of the runs that somebody else conducts.</summary>
internal sealed class WorkerCommand : LoadCommand
{
    private readonly Func<SessionSettings, CancellationToken, Task<IOpenSession>> _open;
    private readonly IPartRunner _engine;
    private readonly TimeProvider _time;
    private readonly SessionOptions _session;
    private readonly Option<bool> _once;

    public WorkerCommand(Func<SessionSettings, CancellationToken, Task<IOpenSession>> open, IPartRunner engine, TimeProvider time)
        : base("worker", "Waits for runs with --workers, and does a part of each.")
    {
        (_open, _engine, _time) = (open, engine, time);
        _session = new SessionOptions(this);
        _once = Switch("How long", "--once", "Ends after a run (Ctrl-C).");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["worker --silo 10.0.0.1:30000", "run --workers 3 --silo 10.0.0.1:30000 --target 10.0.0.5:7000 --rate 100000"];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        var settings = _session.In(parsed);
        var name = $"{Environment.MachineName} {Environment.ProcessId}";
        await using var session = await _open(settings, console.Interrupt);
        console.Say($"Worker {name} waits for runs in the session '{settings.Session}'; Ctrl-C ends it.");
        await new LoadWorker(session, name, _engine, _time, console.Out.WriteLine).RunAsync(parsed.GetValue(_once), console.Interrupt);
        return ExitCodes.Passed;
    }
}
