using System.Diagnostics;
using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Watches a run from one thread: adds up second by second, tells who watches, gives up connections that wait for too long, and says what came of it.</summary>
internal sealed class LoadMonitor(LoadScenario scenario, LoadPart part, LoadPlan plan, RunContext run, ILoadObserver observer, TimeProvider time)
{
    private const long Second = 1_000_000_000;

    // Five times a second is as often as an eye follows, and as near as a time-out need be.
    private const long ProgressEvery = 200_000_000;

    // The least that a last interval has to have for figures of its own.
    private const long ShortestInterval = Second / 20;

    private readonly ClockCounts _clockLatest = new();
    private readonly ClockCounts _clockMeasured = new();
    // Made once: new ones each second would be large objects, and collecting those stops every thread.
    private readonly LoadCounts _latestSum = new();
    private readonly LoadCounts _measuredSum = new();
    private readonly LoadCounts _alwaysSum = new();
    private readonly List<IntervalFigures> _intervals = [];
    private readonly long _created = run.Now;
    private LoadPhase _phase = LoadPhase.Connecting;
    private DateTimeOffset _startedAt;
    private long _start;
    private long _measuredFrom;
    private long _secondFrom;
    private long _secondUntil;
    private long _progressAt;
    private long _latenessAt;
    private long[] _messagesBefore = new long[plan.Targets.Count];
    private long _progressBefore;
    private long[] _messages = new long[plan.Targets.Count];
    private LatencyFigures? _lastSecond;
    private TimeSpan _cpuFrom;
    private double _cpu;
    private double _seconds;
    private int _openAtEnd;
    private int[] _openByTarget = [];

    /// <summary>How many connections have been opened until now.</summary>
    public long Opened
    {
        get
        {
            Take();
            return plan.Targets.Sum(t => t.Always.Opened);
        }
    }

    /// <summary>Loading begins, with the warm-up.</summary>
    public void Begin(long start)
    {
        _start = start;
        _phase = LoadPhase.WarmingUp;
        Look();
    }

    /// <summary>To be called some times a second.</summary>
    public void Look()
    {
        var now = run.Now;
        if (_phase is LoadPhase.WarmingUp && run.Nanoseconds(_start, now) >= scenario.Warmup.Ticks * TimeSpan.NanosecondsPerTick) BeginMeasuring(now);
        else if (_phase is LoadPhase.Measuring && run.Nanoseconds(_measuredFrom, now) >= _secondUntil) EndSecond(now);
        if (run.Nanoseconds(_progressAt, now) >= ProgressEvery) Tell(now);
        if (run.Nanoseconds(_latenessAt, now) < ProgressEvery) return;
        _latenessAt = now;
        foreach (var place in plan.Places) place.Connection.EndIfLate(now, scenario.Timeout.Ticks * TimeSpan.NanosecondsPerTick);
    }

    /// <summary>What comes from now on is an echo of what was sent before.</summary>
    public void EndMeasuring()
    {
        var now = run.Now;
        if (_phase is LoadPhase.Measuring)
        {
            if (run.Nanoseconds(_secondFrom, now) > ShortestInterval) EndSecond(now);
            else Count();
            TakeStock(now);
        }

        CountOpen();
        _phase = LoadPhase.Draining;
    }

    /// <summary>What came of it; to be called when all is over.</summary>
    public RunResult Result(bool isInterrupted)
    {
        Take();
        var now = run.Nanoseconds(0, run.Now);
        foreach (var target in plan.Targets)
        {
            // What was sent while it counted and came back later, or never: without it the longest waits would be missing.
            target.Measured.Latency.Add(target.Latest.Latency);
            target.Measured.ServiceTime.Add(target.Latest.ServiceTime);
            if (_startedAt == default) continue;
            target.Always.MissingSinceDue.RecordTo(target.Measured.Latency, run.Nanoseconds(0, _measuredFrom), now);
            target.Always.MissingSinceSent.RecordTo(target.Measured.ServiceTime, run.Nanoseconds(0, _measuredFrom), now);
        }

        return SoFar(_intervals, isInterrupted);
    }

    private RunResult SoFar(IReadOnlyList<IntervalFigures> intervals, bool isInterrupted = false)
    {
        var (measured, always) = (Sum(_measuredSum, t => t.Measured), Sum(_alwaysSum, t => t.Always));
        var total = FigureMaker.Load(measured, always, _seconds, _openAtEnd);
        var lag = FigureMaker.Latency(_clockMeasured.SendLag);
        var share = _seconds > 0 ? _cpu / _seconds / Environment.ProcessorCount : 0;
        var generator = new GeneratorFigures(lag, _cpu, share, always.Skipped, Process.GetCurrentProcess().PeakWorkingSet64, Untried: always.Untried);
        var (verdict, remarks) = RunJudgement.Of(scenario, total, generator, isInterrupted);
        return new RunResult
        {
            Tool = ToolVersion.Text,
            StartedAt = _startedAt == default ? time.GetUtcNow() : _startedAt,
            Seconds = _seconds,
            Scenario = scenario,
            Machine = Machine.Fingerprint(),
            Verdict = verdict,
            Remarks = remarks,
            Thresholds = [],
            Total = total,
            Targets = [.. plan.Targets.Select((t, i) => new TargetFigures(scenario.Targets[i].Name, FigureMaker.Load(t.Measured, t.Always, _seconds, _openByTarget[i])))],
            Intervals = intervals,
            Generator = generator,
        };
    }

    private void BeginMeasuring(long now)
    {
        Take();
        _measuredFrom = _secondFrom = now;
        _secondUntil = Second;
        _startedAt = time.GetUtcNow();
        _cpuFrom = Process.GetCurrentProcess().TotalProcessorTime;
        _phase = LoadPhase.Measuring;
    }

    private void EndSecond(long now)
    {
        Count();
        var second = Sum(_latestSum, t => t.Latest);
        var latency = FigureMaker.Latency(second.Latency, isWhole: part.SecondOver is not null);
        _lastSecond = latency with { Histogram = "" };
        var interval = new IntervalFigures
        {
            At = run.Nanoseconds(_measuredFrom, _secondFrom) / (double)Second,
            Seconds = run.Nanoseconds(_secondFrom, now) / (double)Second,
            Messages = second.Messages,
            MessagesByTarget = [.. plan.Targets.Select(t => t.Latest.Messages)],
            IntendedRate = IntendedRate(now),
            ConnectionsOpen = Open(),
            ConnectionsOpened = second.Opened,
            Errors = second.Errors.Sum(),
            Faults = second.Faults,
            Latency = _lastSecond,
        };
        _intervals.Add(interval);
        _secondFrom = now;
        // All seconds end at whole ones, so that those of several load testers stay together.
        _secondUntil = ((run.Nanoseconds(_measuredFrom, now) / Second) + 1) * Second;
        if (part.SecondOver is { } tell)
        {
            TakeStock(now);
            CountOpen();
            tell(SoFar([interval with { Latency = latency }]));
        }

        var seconds = run.Nanoseconds(_measuredFrom, now) / (double)Second;
        var soFar = FigureMaker.Load(Sum(_measuredSum, t => t.Measured), Sum(_alwaysSum, t => t.Always), seconds, interval.ConnectionsOpen, isWhole: false);
        observer.SecondOver(interval, soFar);
    }

    private void TakeStock(long now)
    {
        _seconds = run.Nanoseconds(_measuredFrom, now) / (double)Second;
        _cpu = (Process.GetCurrentProcess().TotalProcessorTime - _cpuFrom).TotalSeconds;
    }

    private void CountOpen()
    {
        _openByTarget = [.. plan.Targets.Select((_, target) => plan.Places.Count(p => p.Target == target && p.Connection.IsOpen))];
        _openAtEnd = _openByTarget.Sum();
    }

    private void Count()
    {
        Take();
        foreach (var target in plan.Targets) target.Measured.Add(target.Latest);
        _clockMeasured.Add(_clockLatest);
    }

    private void Take()
    {
        _clockLatest.Clear();
        plan.Clock.DrainTo(_clockLatest);
        foreach (var target in plan.Targets) target.Take();
    }

    private void Tell(long now)
    {
        var since = run.Nanoseconds(_progressBefore, now) / (double)Second;
        for (var i = 0; i < _messages.Length; i++) _messages[i] = plan.Targets[i].MessagesSoFar;
        var elapsed = _phase is LoadPhase.Connecting ? 0 : run.Nanoseconds(_start, now);
        observer.Progress(new LoadProgress
        {
            Phase = _phase,
            Elapsed = TimeSpan.FromTicks((_phase is LoadPhase.Connecting ? run.Nanoseconds(_created, now) : elapsed) / TimeSpan.NanosecondsPerTick),
            Left = TimeSpan.FromTicks(Math.Max(0, plan.Schedule.Duration - elapsed) / TimeSpan.NanosecondsPerTick),
            ConnectionsOpen = Open(),
            Messages = _messages.Sum(),
            MessagesPerSecondByTarget = [.. _messages.Select((m, i) => since > 0 ? (m - _messagesBefore[i]) / since : 0)],
            IntendedRate = IntendedRate(now),
            Faults = plan.Targets.Sum(t => t.FaultsSoFar),
            Errors = plan.Targets.Sum(t => t.ErrorsSoFar),
            LastSecond = _lastSecond,
        });
        (_messagesBefore, _messages) = (_messages, _messagesBefore);
        _progressAt = _progressBefore = now;
    }

    private double? IntendedRate(long now) =>
        scenario.Flows.Any(f => f.Kind is FlowKind.Open) && _phase is LoadPhase.WarmingUp or LoadPhase.Measuring ? plan.Schedule.RateAt(run.Nanoseconds(_start, now)) : null;

    private int Open() => plan.Places.Count(p => p.Connection.IsOpen);

    private LoadCounts Sum(LoadCounts sum, Func<TargetCounts, LoadCounts> part)
    {
        sum.Clear();
        foreach (var target in plan.Targets) sum.Add(part(target));
        return sum;
    }
}
