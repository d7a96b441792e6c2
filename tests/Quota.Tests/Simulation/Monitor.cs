using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Looks at everything after each step, and knows what must hold.</summary>
/// <remarks>
/// The bound is the limit in the store, from the moment at which it is there. While a lowered limit is not reached yet, it is what the
/// records have said to be on loan since: it only comes down. While there is no limit, and until all that was admitted then has been
/// relearned, there is no bound.
/// </remarks>
internal sealed class Monitor(World world, QuotaDirectory directory, IReadOnlyList<SimulatedGateway?> gateways)
{
    private readonly Dictionary<SimulatedActivation, (int Reads, long Leased)> _lent = [];
    private readonly HashSet<SimulatedGateway> _unlimited = [];
    private readonly Dictionary<string, (int Open, int Kept)> _seen = [];

    /// <summary>What may be held at this moment; null for any number.</summary>
    public required long? Bound { get; set; }

    /// <summary>The store has not lost some of what it was told and kept the rest.</summary>
    public bool IsExact { get; set; } = true;

    /// <summary>A record was stored.</summary>
    public void Note(QuotaRecord record)
    {
        if (record.ConfiguredLimit != directory.Terms.Limit) return; // the last word of a silo that was replaced meanwhile: nobody hears it
        if (record.Limit is not { } limit)
        {
            Bound = null;
            return;
        }

        var lent = record.Holders.Sum(h => (long)h.Leased);
        if (record.IsComplete) Bound = Math.Max(limit, Math.Min(Bound ?? long.MaxValue, lent));
        else if (Bound < limit) Bound = limit;
    }

    public void Check()
    {
        long believed = 0;
        long serving = 0;
        foreach (var gateway in gateways)
        {
            if (gateway is null or { IsDead: true }) continue;
            CheckCounts(gateway);
            CheckAdmission(gateway);
            if (gateway.Pool.IsUnlimited)
            {
                _unlimited.Add(gateway);
                continue;
            }

            // While relearning, one that was cut off since there was no limit is believed, however many connections it has from then.
            if (_unlimited.Remove(gateway)) Bound += gateway.Believed;
            believed += gateway.Believed;
            if (!gateway.IsStrict) continue;
            serving += gateway.Serving;
            if (gateway.Serving > gateway.Believed) Fail(Invariant.ServingWithinHeld, $"{gateway.Holder} serves {gateway.Serving} and holds {gateway.Believed}");
            if (gateway.OpenUnderLimit > gateway.Believed && gateway.LosesNoLease && IsAwake(gateway)) Fail(Invariant.OpenWithinHeld, $"{gateway.Holder} has {gateway.OpenUnderLimit} open and holds {gateway.Believed}");
        }

        if (!IsExact) return;
        if (believed > Bound) Fail(Invariant.HeldWithinLimit, $"{believed} are held, and the bound is {Bound}");
        if (serving > Bound) Fail(Invariant.ServingWithinLimit, $"{serving} are served, and the bound is {Bound}");
        CheckTables();
    }

    private static void CheckCounts(SimulatedGateway gateway)
    {
        var pool = gateway.Pool;
        if (pool.Held < 0 || pool.Open != gateway.Open) Fail(Invariant.CountsAreSane, $"{gateway.Holder} holds {pool.Held} and counts {pool.Open} of {gateway.Open} connections");
    }

    private void CheckAdmission(SimulatedGateway gateway)
    {
        var (open, kept) = _seen.GetValueOrDefault(gateway.Holder);
        var hasLease = gateway.Pool.HasLease(gateway.Now);
        if (gateway.Open > open && !gateway.Pool.IsUnlimited)
        {
            var most = hasLease ? gateway.Pool.Held : gateway.IsStrict ? 0 : kept + gateway.Plan.Reserve;
            if (gateway.Open > most) Fail(Invariant.AdmitsByPolicy, $"{gateway.Holder} has admitted up to {gateway.Open} and may have {most}");
        }

        _seen[gateway.Holder] = (gateway.Open, hasLease ? gateway.Open : kept);
    }

    private void CheckTables()
    {
        foreach (var activation in directory.Activations)
        {
            // One that is not in charge may have in its table whatever it likes: it cannot write it.
            if (activation.IsDead || activation != directory.InCharge) continue;
            var snapshot = activation.Snapshot;
            if (snapshot.IsRelearning) _lent.Remove(activation); // whatever it is told, and a message that is late may tell of a holder that is gone
            if (snapshot.IsRelearning || snapshot.Limit is not { } limit) continue;
            var before = _lent.TryGetValue(activation, out var seen) && seen.Reads == activation.Reads ? seen.Leased : long.MaxValue;
            _lent[activation] = (activation.Reads, snapshot.Leased);
            if (snapshot.Leased > limit && snapshot.Leased > before) Fail(Invariant.TableWithinLimit, $"{activation.Id} had lent {before} of {limit}, and has lent {snapshot.Leased}");
            foreach (var gateway in gateways)
            {
                if (gateway is null or { IsDead: true } || gateway.Believed is 0) continue;
                var lent = snapshot.Holders.FirstOrDefault(h => h.Holder == gateway.Holder)?.Leased ?? 0;
                if (gateway.Believed > lent) Fail(Invariant.TableCoversBelief, $"{gateway.Holder} holds {gateway.Believed}, and {activation.Id} has lent it {lent}");
            }
        }
    }

    // A ticker that was frozen needs a moment to close what it should have closed.
    private bool IsAwake(SimulatedGateway gateway) => world.Now > gateway.ThawedAt + 300;

    private static void Fail(Invariant invariant, string detail) => throw new ViolationException(invariant, detail);
}
