namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Looks for the smallest schedule that violates the same invariant.</summary>
internal static class Shrinker
{
    private const int MostRuns = 2_000;

    public static Violation Shrink(Violation violation, Sabotage sabotage = Sabotage.None)
    {
        var runs = 0;
        for (var progress = true; progress && runs < MostRuns;)
        {
            progress = false;
            foreach (var smaller in Smaller(violation.Schedule))
            {
                if (++runs > MostRuns) break;
                if (Simulation.Try(smaller, new Coverage(), sabotage, null) is not { } found || found.Invariant != violation.Invariant) continue;
                violation = found;
                progress = true;
                break;
            }
        }

        return Simulation.Run(violation.Schedule, sabotage: sabotage) ?? violation;
    }

    /// <summary>The boldest steps first.</summary>
    private static IEnumerable<Schedule> Smaller(Schedule schedule)
    {
        var faults = schedule.Faults;
        for (var size = faults.Count; size > 0; size /= 2)
        {
            for (var from = 0; from < faults.Count; from += size) yield return schedule with { Faults = [.. faults.Take(from), .. faults.Skip(from + size)] };
        }

        if (schedule.Gateways.Count > 1) yield return schedule with { Gateways = [.. schedule.Gateways.SkipLast(1)] };
        if (schedule.Duration > 1_000) yield return schedule with { Duration = schedule.Duration / 2, Faults = [.. faults.Where(f => f.At < schedule.Duration / 2)] };
        if (schedule.Duration > 1_000) yield return schedule with { Duration = schedule.Duration * 7 / 8, Faults = [.. faults.Where(f => f.At < schedule.Duration * 7 / 8)] };
        for (var i = 0; i < schedule.Gateways.Count; i++)
        {
            var plan = schedule.Gateways[i];
            if (plan.Interval > 0) yield return With(plan with { Interval = 0 });
            if (plan.Interval is > 0 and < 1_000) yield return With(plan with { Interval = plan.Interval * 2 });
            if (plan.Drift is not 0) yield return With(plan with { Drift = 0 });
            if (plan.Reserve > 0) yield return With(plan with { Reserve = 0 });
            if (plan.Wait > 0) yield return With(plan with { Wait = 0 });
            if (plan.Batch > 1) yield return With(plan with { Batch = 1 });

            Schedule With(GatewayPlan simpler) => schedule with { Gateways = [.. schedule.Gateways.Take(i), simpler, .. schedule.Gateways.Skip(i + 1)] };
        }

        for (var i = 0; i < faults.Count; i++)
        {
            if (faults[i].Length > 100) yield return With(faults[i] with { Length = faults[i].Length / 2 });
            if (Math.Abs(faults[i].Amount) > 1) yield return With(faults[i] with { Amount = faults[i].Amount / 2 });

            Schedule With(Fault simpler) => schedule with { Faults = [.. faults.Take(i), simpler, .. faults.Skip(i + 1)] };
        }

        if (schedule.Latency > 2) yield return schedule with { Latency = 2 };
        if (schedule.Limit > 1) yield return schedule with { Limit = schedule.Limit / 2 };
    }
}
