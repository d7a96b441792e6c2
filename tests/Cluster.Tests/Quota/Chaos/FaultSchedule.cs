namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>What goes wrong when: the same for the same seed.</summary>
internal static class FaultSchedule
{
    // A fault begins about this often, or more often in a run that is too short for those that every run has. Most last seconds, so that
    // some are there at a time, and not so many that nobody is served: the limit is in danger only where it is reached.
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(4);

    // The quota does not look at wall clocks, but Orleans' membership does: a silo that starts waits for others that, by its clock, were
    // alive within 6 s, and is thrown out by one whose clock is five minutes ahead; and no grain is made while a silo's clock is behind
    // where it was by more than its grains' collection age (Silo:IdleGrainSeconds, 120).
    private const int FarthestOffOfASilo = 10;
    private const int FarthestOffOfAGateway = 900;

    // What a killed process takes until it can be hit again, on a busy machine.
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(3);

    // So that a fault's end and the next one's beginning do not meet.
    private static readonly TimeSpan Respite = TimeSpan.FromSeconds(0.5);

    /// <summary>Makes one.</summary>
    /// <param name="seed">Everything random comes from it.</param>
    /// <param name="length">For how long faults begin. Those that every run has come in any case.</param>
    /// <param name="gateways">The names of the gateways.</param>
    /// <param name="silos">The names of the silos.</param>
    /// <param name="store">The name of the store.</param>
    /// <param name="cuts">Whether there is a network to cut.</param>
    /// <param name="clocks">Whether there are clocks to move.</param>
    public static IReadOnlyList<ClusterFault> Make(
        int seed, TimeSpan length, IReadOnlyList<string> gateways, IReadOnlyList<string> silos, string store, bool cuts, bool clocks)
    {
        var random = new Random(seed);

        // 1. What every run has: each silo, a gateway and the store die and freeze; a silo is cut off from all that it talks to.
        var wanted = new List<(ClusterFaultKind Kind, string Target, string Other)>();
        foreach (var silo in silos) wanted.AddRange([(ClusterFaultKind.Kill, silo, ""), (ClusterFaultKind.Freeze, silo, "")]);
        wanted.AddRange([(ClusterFaultKind.Kill, Any(gateways), ""), (ClusterFaultKind.Freeze, Any(gateways), ""),
            (random.Next(2) is 0 ? ClusterFaultKind.Kill : ClusterFaultKind.Freeze, store, "")]);
        if (cuts)
        {
            wanted.AddRange([(ClusterFaultKind.Cut, silos[0], silos[1]), (ClusterFaultKind.Cut, Any(silos), store),
                (ClusterFaultKind.Deafen, Any(gateways), Any(silos)), (ClusterFaultKind.Deafen, Any(silos), Any(gateways))]);
        }

        if (clocks) wanted.AddRange([(ClusterFaultKind.ClockJump, Any(silos), ""), (ClusterFaultKind.ClockJump, Any(gateways), "")]);

        // 2. And more of them, until the time is filled.
        while (Spacing * wanted.Count < length) wanted.Add(AnyFault());
        var order = wanted.ToArray();
        random.Shuffle(order);

        // 3. When: one after another, but nobody is hit who is not back yet from the last time.
        var free = new Dictionary<string, TimeSpan>();
        var step = length / order.Length;
        var faults = new List<ClusterFault>();
        foreach (var (i, (kind, target, other)) in order.Index())
        {
            var lasts = Lasting(kind, target);
            var at = step * (i + (random.NextDouble() * 0.8));
            if (free.TryGetValue(target, out var then) && then > at) at = then;
            free[target] = at + lasts + (kind is ClusterFaultKind.Kill ? StartsWithin : Respite);
            faults.Add(new ClusterFault(at, kind, target, other, lasts, Off(target)));
        }

        return [.. faults.OrderBy(f => f.At)];

        string Any(IReadOnlyList<string> names) => names[random.Next(names.Count)];

        int Off(string target)
        {
            var farthest = silos.Contains(target) ? FarthestOffOfASilo : FarthestOffOfAGateway;
            return random.Next(-farthest, farthest + 1);
        }

        (ClusterFaultKind, string, string) AnyFault() => random.Next(cuts ? 12 : 8) switch
        {
            0 or 1 => (ClusterFaultKind.Kill, Any(silos), ""),
            2 or 3 => (ClusterFaultKind.Freeze, Any(silos), ""),
            4 => (ClusterFaultKind.Kill, Any(gateways), ""),
            5 => (ClusterFaultKind.Freeze, Any(gateways), ""),
            6 => (random.Next(2) is 0 ? ClusterFaultKind.Kill : ClusterFaultKind.Freeze, store, ""),
            7 => clocks ? (ClusterFaultKind.ClockJump, Any([.. silos, .. gateways]), "") : (ClusterFaultKind.Freeze, Any(gateways), ""),
            8 => (ClusterFaultKind.Cut, silos[0], silos[1]),
            9 => (random.Next(2) is 0 ? ClusterFaultKind.Cut : ClusterFaultKind.Deafen, Any(silos), store),
            10 => (ClusterFaultKind.Cut, Any(gateways), Any(silos)),
            _ => random.Next(
                2) is 0 ? (ClusterFaultKind.Deafen, Any(gateways), Any(silos)) : (ClusterFaultKind.Deafen, Any(silos), Any(gateways)),
        };

        // Gateways sometimes stand still for longer than their lease; the store not for so long that every lease ends each time.
        TimeSpan Lasting(ClusterFaultKind kind, string target) => TimeSpan.FromSeconds(kind switch
        {
            ClusterFaultKind.ClockJump => 0,
            ClusterFaultKind.Kill => 0.1 + (random.NextDouble() * 2.5),
            _ when target == store => 0.5 + (random.NextDouble() * 3),
            ClusterFaultKind.Freeze when gateways.Contains(target) => 1 + (random.NextDouble() * 8),
            _ => 0.5 + (random.NextDouble() * 5),
        });
    }
}
