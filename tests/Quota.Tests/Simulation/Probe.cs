namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>After all faults: one gateway wants everything, and nobody else changes. What nobody uses has to come to it.</summary>
internal sealed class Probe(World world, QuotaDirectory directory, SimulatedGateway[] gateways, Schedule schedule, Coverage coverage, Action<long> until)
{
    private const int Forever = 100_000_000;

    public void Run()
    {
        coverage.See(Sight.Probes);
        CheckNobodyIsForgotten();
        if (directory.InCharge is not { } quota || quota.Snapshot.Limit is not { } limit) return; // unlimited: there is nothing to wait for

        // Who answers that there is no limit has written nothing: an activation that another has replaced does not notice, and goes on.
        if (directory.Activations.Any(a => a.IsUnlimited)) return;
        var probe = gateways[(int)(schedule.Seed % (ulong)gateways.Length)];
        if (gateways.Any(g => g.Pool.IsUnlimited || g.Pool.Limit != limit)) throw Failed(Invariant.EverythingComesBack, $"not everybody knows the limit, {limit}");

        // Those who keep connections without a permit are short, too, and share what there is. And while a limit is coming down that was
        // lowered, a permit that becomes free may be used again by who holds it.
        var others = gateways.Where(g => g != probe).ToList();
        var isAlone = gateways.All(g => g.Open <= g.Pool.Held) && gateways.Sum(g => (long)g.Believed) <= limit;
        var free = limit - gateways.Sum(g => (long)g.Open);
        var open = probe.Open;
        var slowest = (int)(schedule.Renew / 0.95);

        // One renewal interval, and the messages that it takes: a request, the store, the reply; for both gateways, twice.
        until(Demand(probe, limit, world.Now + slowest + (30 * schedule.Latency) + 20, () => probe.Open > open));
        if (isAlone && free > 0)
        {
            coverage.See(Sight.PromptnessChecked);
            if (probe.Open == open) throw Failed(Invariant.FreePermitIsPrompt, $"{probe.Holder} has {open} and got none of {free} within a renewal interval");
        }

        // Large limits take several rounds: at most a block's worth of those who were refused is asked for at a time.
        until(Demand(probe, limit, world.Now + (8 * slowest) + (100 * schedule.Latency), () => false));
        CheckNobodyIsForgotten();
        var held = gateways.Sum(g => (long)g.Believed);
        if (held > limit && gateways.Sum(g => (long)g.Open) <= limit) throw Failed(Invariant.EverythingComesBack, $"{held} are held of {limit}");
        if (isAlone && free > 0 && probe.Open != limit - others.Sum(g => g.Open)) throw Failed(Invariant.EverythingComesBack, $"{probe.Holder} has {probe.Open} of {limit}, and the others use {others.Sum(g => g.Open)}");
    }

    /// <summary>Connections come again and again, as many as there could be.</summary>
    private long Demand(SimulatedGateway probe, int limit, long end, Func<bool> isMet)
    {
        for (var moment = world.Now; moment < end; moment += 100)
        {
            if (isMet()) break;
            var missing = limit - probe.Open - probe.WaitingCount;
            if (missing > 0) probe.Admit(missing, Forever);
            until(Math.Min(end, moment + 100));
        }

        return world.Now;
    }

    private void CheckNobodyIsForgotten()
    {
        if (directory.Activations.FirstOrDefault(a => !a.IsDead && a.HasForgottenSomebody) is { } quota) throw Failed(Invariant.EverybodyIsAnswered, $"{quota.Id} owes answers and does nothing");
    }

    private static ViolationException Failed(Invariant invariant, string detail) => new(invariant, detail);
}
