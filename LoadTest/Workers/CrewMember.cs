using System.Text.Json;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>What a conductor knows of one worker.</summary>
/// <param name="sign">What it said when it was chosen.</param>
/// <param name="heard">When that was, as a timestamp.</param>
internal sealed class CrewMember(WorkerSign sign, long heard)
{
    private readonly SortedDictionary<int, IntervalFigures> _seconds = [];

    /// <summary>Who it is.</summary>
    public string Worker => sign.Worker;

    /// <summary>What people call it.</summary>
    public string Name => sign.Name;

    /// <summary>Where it runs: those of one machine share its processors.</summary>
    public string Machine => sign.Name.Split(' ')[0];

    /// <summary>Where it is in this run.</summary>
    public WorkerPhase Phase { get; private set; }

    /// <summary>Why it could not go on; null while it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>When it was heard last, as a timestamp.</summary>
    public long Heard { get; private set; } = heard;

    /// <summary>The number of the newest report that is here.</summary>
    public long Taken { get; private set; }

    /// <summary>The newest report, without its seconds; null before the first.</summary>
    public RunResult? Report { get; private set; }

    /// <summary>How it was going when it was heard last.</summary>
    public LoadProgress? Progress { get; private set; }

    /// <summary>Its seconds by their number, with their histograms.</summary>
    public IReadOnlyDictionary<int, IntervalFigures> Seconds => _seconds;

    /// <summary>Whether anything is still to come of it.</summary>
    public bool IsOver => Fault is not null || (Phase is WorkerPhase.Done && Report is { } && Taken >= LastNumber);

    /// <summary>Whether it has gone on to wait for the next run, or is lost.</summary>
    public bool HasLeft { get; set; }

    private long LastNumber { get; set; } = 1;

    /// <summary>It is gone, or somebody has to act as if it were.</summary>
    public void Lose(string why) => (Fault, HasLeft) = (Fault ?? why, true);

    /// <summary>What it has said.</summary>
    /// <param name="worker">Its sign of this run.</param>
    /// <param name="at">When it spoke, as a timestamp.</param>
    public void Hear(WorkerSign worker, long at)
    {
        if (at > Heard) Heard = at;
        (Phase, LastNumber) = (worker.Phase, Math.Max(1, worker.ReportNumber));
        if (worker.Phase is WorkerPhase.Failed) (Fault, Taken) = (Fault ?? worker.Fault, worker.ReportNumber);
        if (worker.Progress.Length > 0) Progress = JsonSerializer.Deserialize(worker.Progress, WorkerJson.Default.LoadProgress);
        if (worker.Report.Length is 0 || worker.ReportNumber <= Taken) return;
        Report = JsonSerializer.Deserialize(worker.Report, WorkerJson.Default.RunResult)!;
        foreach (var second in Report.Intervals) _seconds[NumberOf(second)] = second;
        Report = Report with { Intervals = [] };
        Taken = worker.ReportNumber;
    }

    // Seconds begin at whole ones, but for the time that it takes to notice.
    private static int NumberOf(IntervalFigures second) => (int)Math.Round(second.At);
}
