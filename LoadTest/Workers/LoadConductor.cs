using System.Text.Json;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>Lets workers run a scenario together: finds them, has them begin at the same time, follows them, and adds up what they report.</summary>
/// <param name="session">Where workers are met.</param>
/// <param name="workers">How many it takes.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadConductor(ILoadSession session, int workers, TimeProvider time) : ILoadRunner
{
    /// <summary>How long workers have to come, and to open the first connections.</summary>
    public static readonly TimeSpan PreparationPatience = TimeSpan.FromSeconds(60);

    /// <summary>A worker that says nothing for as long is lost.</summary>
    public TimeSpan WorkerPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Without a word from the session for as long the run is over: workers have given it up by then.</summary>
    public static readonly TimeSpan SessionPatience = TimeSpan.FromSeconds(20);

    // Enough for each worker to have heard of it twice, even if a call is lost meanwhile.
    private static readonly TimeSpan StartNotice = TimeSpan.FromSeconds(1);

    // A worker that has heard that its last report was taken leaves the run; one that does not hear it leaves later.
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly List<string> _remarks = [];
    private long _answered = time.GetTimestamp();
    private SessionUnreachableException? _unreachable;

    /// <inheritdoc/>
    public async Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt)
    {
        // A worker without a connection would have nothing to report.
        if (scenario.Stages.Max(s => s.Connections) < workers) throw new CannotRunException($"{workers} workers need {workers} connections at least; give more, or take fewer workers.");
        _answered = time.GetTimestamp();
        var plan = JsonSerializer.SerializeToUtf8Bytes(new WorkerPlan(WorkerPlan.CurrentSchema, scenario), WorkerJson.Default.WorkerPlan);
        LoadCrew? crew = null;
        try
        {
            crew = new LoadCrew(scenario, await GatherAsync(observer, interrupt));
            await FollowAsync(crew, Order(crew, plan, SessionOrder.Prepare), observer, c => c.Members.All(m => m.Phase >= WorkerPhase.Ready || m.IsOver), PreparationPatience, interrupt);
            ThrowIfNobodyCanBegin(crew, interrupt);

            var start = time.GetTimestamp();
            var limit = StartNotice + scenario.Warmup + scenario.Duration + scenario.Drain + PreparationPatience;
            await FollowAsync(crew, () => Order(crew, plan, SessionOrder.Start)() with { StartIn = StartNotice - time.GetElapsedTime(start) }, observer, c => c.Members.All(m => m.IsOver), limit, interrupt);
            if (interrupt.IsCancellationRequested) await FollowAsync(crew, Order(crew, plan, SessionOrder.Stop), observer, c => c.Members.All(m => m.IsOver), scenario.Drain + WorkerPatience, CancellationToken.None);
            foreach (var member in crew.Members.Where(m => !m.IsOver)) member.Lose("It did not end in time.");
            return crew.Result(interrupt.IsCancellationRequested, _remarks) ?? throw new CannotRunException(string.Join(' ', crew.Members.Select(m => $"Worker {m.Name}: {m.Fault}")));
        }
        finally
        {
            if (crew is not null) await FollowAsync(crew, Order(crew, plan, SessionOrder.Stop), observer, c => c.Members.All(m => m.HasLeft), ReleasePatience, CancellationToken.None);
            await LeaveAsync();
        }
    }

    private async Task<IReadOnlyList<CrewMember>> GatherAsync(ILoadObserver observer, CancellationToken interrupt)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            interrupt.ThrowIfCancellationRequested();
            SessionWorker[] idle = [.. (await AskAsync(new ConductorSign { Run = _run }))?.Workers.Where(w => w.Sign.Phase is WorkerPhase.Idle && w.Silence < WorkerPatience / 2) ?? []];
            if (idle.Length >= workers) return [.. idle.OrderBy(w => w.Sign.Name, StringComparer.Ordinal).Take(workers).Select(w => new CrewMember(w.Sign, Spoke(w)))];
            observer.Progress(Waiting(idle.Length, time.GetElapsedTime(since)));
            if (_unreachable is null && time.GetElapsedTime(since) > PreparationPatience)
            {
                throw new CannotRunException($"{idle.Length} of {workers} workers have come within {PreparationPatience.TotalSeconds:0} s; start more with the command 'worker', on this session and cluster.");
            }

            ThrowIfCutOff();
            await Task.Delay(Pace, time, interrupt);
        }
    }

    // Says what to do until it is done, somebody has seen enough, or it takes too long.
    private async Task FollowAsync(LoadCrew crew, Func<ConductorSign> order, ILoadObserver observer, Func<LoadCrew, bool> isDone, TimeSpan limit, CancellationToken interrupt)
    {
        var since = time.GetTimestamp();
        while (!interrupt.IsCancellationRequested && time.GetElapsedTime(since) < limit)
        {
            if (await AskAsync(order()) is { } sign) Hear(crew, sign);
            foreach (var member in crew.Members.Where(m => !m.IsOver && time.GetElapsedTime(m.Heard) > WorkerPatience)) member.Lose("nothing was heard of it any more.");
            while (crew.NextSecond() is { } second) observer.SecondOver(second.Second, second.SoFar);
            if (crew.Progress() is { } progress) observer.Progress(progress);
            if (isDone(crew)) return;
            await Task.Delay(Pace, time, CancellationToken.None);
        }
    }

    private void Hear(LoadCrew crew, SessionSign sign)
    {
        foreach (var member in crew.Members)
        {
            if (Array.Find(sign.Workers, w => w.Sign.Worker == member.Worker) is not { } worker) continue;
            if (worker.Sign.Run == _run) member.Hear(worker.Sign, Spoke(worker));
            else if (member.IsOver) member.HasLeft = true;
        }
    }

    private async Task<SessionSign?> AskAsync(ConductorSign sign)
    {
        try
        {
            var answer = await session.ConductAsync(sign);
            _answered = time.GetTimestamp();
            _unreachable = null;
            if (answer.Run != _run) throw new CannotRunException("Another run has this session; wait for its end, or take another with --session.");
            return answer;
        }
        catch (SessionUnreachableException fault)
        {
            // What was asked is asked again; who is not answered for too long gives up.
            _unreachable = fault;
            return null;
        }
    }

    private Func<ConductorSign> Order(LoadCrew crew, byte[] plan, SessionOrder order) => () => new ConductorSign
    {
        Run = _run,
        Order = order,
        Plan = plan,
        Crew = [.. crew.Members.Select(m => m.Worker)],
        Taken = [.. crew.Members.Select(m => m.Taken)],
    };

    private void ThrowIfCutOff()
    {
        if (_unreachable is { } fault && time.GetElapsedTime(_answered) > SessionPatience) throw new CannotRunException(fault.Message);
    }

    // Who is missing from the beginning would only be found in the result.
    private static void ThrowIfNobodyCanBegin(LoadCrew crew, CancellationToken interrupt)
    {
        interrupt.ThrowIfCancellationRequested();
        if (crew.Members.FirstOrDefault(m => m.Fault is not null) is { } member) throw new CannotRunException($"Worker {member.Name} could not begin: {member.Fault}");
        if (crew.Members.FirstOrDefault(m => m.Phase < WorkerPhase.Ready) is { } late) throw new CannotRunException($"Worker {late.Name} was not ready within {PreparationPatience.TotalSeconds:0} s; look at what it says.");
    }

    private async Task LeaveAsync()
    {
        try
        {
            await session.ConductAsync(new ConductorSign { Run = _run, IsOver = true });
        }
        catch (SessionUnreachableException fault)
        {
            _unreachable = fault; // the session is free when it has heard nothing for long enough
        }
    }

    private long Spoke(SessionWorker worker) => time.GetTimestamp() - (long)(worker.Silence.TotalSeconds * time.TimestampFrequency);

    private LoadProgress Waiting(int there, TimeSpan since) => new()
    {
        Phase = LoadPhase.Gathering,
        Elapsed = since,
        Left = TimeSpan.Zero,
        ConnectionsOpen = 0,
        Messages = 0,
        MessagesPerSecondByTarget = [],
        IntendedRate = null,
        Faults = 0,
        Errors = 0,
        LastSecond = null,
        Workers = there,
        WorkersWanted = workers,
    };
}
