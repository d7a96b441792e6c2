using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>The workers of a run, and what they have done together.</summary>
/// <param name="scenario">What they do together.</param>
/// <param name="members">Who they are; one or more.</param>
internal sealed class LoadCrew(LoadScenario scenario, IReadOnlyList<CrewMember> members)
{
    private int _told;

    /// <summary>Who they are.</summary>
    public IReadOnlyList<CrewMember> Members => members;

    /// <summary>How it is going.</summary>
    public LoadProgress? Progress()
    {
        LoadProgress[] parts = [.. members.Where(m => m.Fault is null).Select(m => m.Progress).OfType<LoadProgress>()];
        if (parts.Length is 0) return null;
        return new LoadProgress
        {
            Phase = parts.Min(p => p.Phase),
            Elapsed = parts.Min(p => p.Elapsed),
            Left = parts.Max(p => p.Left),
            ConnectionsOpen = parts.Sum(p => p.ConnectionsOpen),
            Messages = parts.Sum(p => p.Messages),
            MessagesPerSecondByTarget = [.. scenario.Targets.Select((_, target) => parts.Sum(p => p.MessagesPerSecondByTarget[target]))],
            IntendedRate = parts.Select(p => p.IntendedRate).FirstOrDefault(rate => rate is not null),
            Faults = parts.Sum(p => p.Faults),
            Errors = parts.Sum(p => p.Errors),
            LastSecond = _told > 0 ? Second(_told - 1)?.Latency : null,
        };
    }

    /// <summary>The next second that all have told of who can; null when there is none yet.</summary>
    public (IntervalFigures Second, LoadFigures SoFar)? NextSecond()
    {
        var isThere = members.All(m => m.IsOver || m.Seconds.Keys.Any(number => number >= _told));
        if (!isThere || !members.Any(m => m.Seconds.Keys.Any(number => number >= _told))) return null;
        var second = Second(_told++);
        return second is null ? NextSecond() : (second, Total());
    }

    /// <summary>What came of it.</summary>
    /// <param name="isInterrupted">Whether it was ended before its time.</param>
    /// <param name="remarks">What the conductor has to say.</param>
    /// <returns>Null when no worker has told of anything.</returns>
    public RunResult? Result(bool isInterrupted, IReadOnlyList<string> remarks)
    {
        CrewMember[] counted = [.. members.Where(m => m.Report is not null)];
        if (counted.Length is 0) return null;
        var seconds = counted.Max(m => m.Report!.Seconds);
        var total = Total();
        var generator = RunMerge.Generator([.. counted.Select(m => (m.Machine, m.Report!.Generator))]);
        var (verdict, own) = RunJudgement.Of(scenario, total, generator, isInterrupted);
        List<string> all = [.. own, .. remarks, .. members.Where(m => m.Fault is not null).Select(Lost)];
        if (verdict is Verdict.Passed && members.Any(m => m.Fault is not null)) verdict = Verdict.Invalid;
        foreach (var member in counted.Where(m => verdict is Verdict.Passed && m.Report!.Verdict is Verdict.Invalid))
        {
            all.AddRange(member.Report!.Remarks.Select(remark => $"Worker {member.Name}: {remark}"));
        }

        if (verdict is Verdict.Passed && counted.Any(m => m.Report!.Verdict is Verdict.Invalid)) verdict = Verdict.Invalid;
        var first = counted[0].Report!;
        if (counted.Any(m => m.Report!.Machine != first.Machine)) all.Add("The workers' machines differ; what is said of the machine is true of the first.");
        return new RunResult
        {
            Tool = first.Tool,
            StartedAt = counted.Min(m => m.Report!.StartedAt),
            Seconds = seconds,
            Scenario = scenario,
            Machine = first.Machine,
            Verdict = verdict,
            Remarks = all,
            Thresholds = [],
            Total = total,
            Targets = [.. scenario.Targets.Select((target, i) => new TargetFigures(target.Name, RunMerge.Load([.. counted.Select(m => m.Report!.Targets[i].Figures)], seconds)))],
            Intervals = [.. Enumerable.Range(0, counted.Max(m => m.Seconds.Keys.DefaultIfEmpty(-1).Max()) + 1).Select(Second).OfType<IntervalFigures>()],
            Generator = generator,
        };
    }

    private static string Lost(CrewMember member) => member.Report is { Seconds: var seconds }
        ? $"Worker {member.Name} was lost after {seconds:0} s: {member.Fault} What it did until then counts; afterwards its share of the load was missing."
        : $"Worker {member.Name} was lost before it had told of anything: {member.Fault} Its share of the load is missing.";

    private LoadFigures Total()
    {
        RunResult[] reports = [.. members.Select(m => m.Report).OfType<RunResult>()];
        return RunMerge.Load([.. reports.Select(r => r.Total)], reports.Max(r => r.Seconds));
    }

    private IntervalFigures? Second(int number)
    {
        IntervalFigures[] parts = [.. members.Where(m => m.Seconds.ContainsKey(number)).Select(m => m.Seconds[number])];
        return parts.Length is 0 ? null : RunMerge.Second(parts);
    }
}
