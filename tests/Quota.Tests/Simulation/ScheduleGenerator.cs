using OrleansEcho.Gateway.Admission.Quota;
using static OrleansEcho.Quota.Tests.Simulation.FaultKind;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Makes a schedule out of a number. Small limits and few faults are frequent: they reach corners sooner, and read better.</summary>
internal static class ScheduleGenerator
{
    private const int MostDrift = 50_000; // QuotaTerms.ClockRateError

    public static Schedule Generate(ulong seed)
    {
        var dice = new Dice(seed, 0);
        var lease = dice.Pick(3_000, 3_000, 4_000, 6_000, 9_000, 15_000);
        var duration = lease * dice.Between(2, 5);
        var isLarge = dice.Chance(20);
        int? limit = dice.Chance(5) ? null : Limit(dice, isLarge);
        var mixed = dice.Chance(20);
        var policy = dice.Chance(70) ? QuotaPolicy.Strict : QuotaPolicy.Available;
        var count = dice.Pick(2, 2, 2, 3, 3, 4);
        var share = Math.Max(1, (limit ?? 20) / count);
        var gateways = new List<GatewayPlan>();
        for (var i = 0; i < count; i++)
        {
            gateways.Add(new GatewayPlan(
                mixed && dice.Chance(50) ? QuotaPolicy.Available : policy,
                dice.Chance(30) ? dice.Between(1, 3) : 0,
                Drift(dice),
                dice.Pick(0, 1_000, 3_000),
                dice.Chance(10) ? 0 : dice.Pick(100, 300, 1_000),
                Math.Max(1, share / dice.Pick(10, 5, 2)),
                lease * dice.Pick(1, 2, 8) / 4));
        }

        // Which kinds of faults a schedule may have: those of all kinds at once drown each other.
        var kinds = Enum.GetValues<FaultKind>().Where(kind => dice.Chance(kind is StoreGoesBack ? 3 : kind is LimitIsConfigured ? 12 : kind is StoreIsEmptied ? 25 : 45)).ToArray();
        var faults = new List<Fault>();
        for (var i = kinds.Length is 0 ? 0 : dice.Between(1, 14); i > 0; i--) faults.Add(MakeFault(dice, dice.Pick<FaultKind>(kinds), lease, duration, isLarge));
        faults.Sort((a, b) => a.At.CompareTo(b.At));
        return new Schedule
        {
            Seed = seed,
            Limit = limit,
            Clusters = limit is not null && new Dice(seed, 3).Chance(25) ? 2 : 1, // dice of its own: what else a seed decides stays
            IsKnown = limit is not null && dice.Chance(70),
            Lease = lease,
            Renew = Math.Max(1_000, lease / dice.Pick(3, 3, 5, 8)), // as QuotaLimitOptions allows
            ClosesNewest = dice.Chance(50),
            Latency = dice.Pick(2, 2, 10, 40),
            Gateways = gateways,
            Faults = faults,
            Duration = duration,
        };
    }

    private static Fault MakeFault(Dice dice, FaultKind kind, int lease, int duration, bool isLarge)
    {
        var fault = new Fault(dice.Roll(duration), kind, dice.Roll(12), dice.Chance(50) ? dice.Between(50, lease) : dice.Between(50, lease * 2));
        return kind switch
        {
            GatewayDrifts or ActivationDrifts => fault with { Amount = Drift(dice) },
            Surge => fault with { Amount = Limit(dice, isLarge) },
            ActivationPauses => fault with { Amount = dice.Roll(2) },
            ActivationsMultiply => fault with { Amount = dice.Between(1, 2) },
            MessagesAreLost or MessagesAreRepeated or StoreLosesAnswers => fault with { Amount = dice.Pick(10, 30, 60, 90) },
            MessagesAreLate => fault with { Amount = dice.Pick(100, 500, 3_000, lease) },
            StoreIsDown => fault with { Amount = dice.Roll(2) },
            StoreIsSlow => fault with { Amount = dice.Pick(200, 900, 3_000) },
            StoreWritesLate => fault with { Amount = dice.Pick(500, 3_000, lease) },
            StoreGoesBack => fault with { Amount = dice.Between(1, 20) },
            LimitIsSet => fault with { Amount = Limit(dice, isLarge), Target = dice.Chance(80) ? 0 : dice.Between(1, 2) },
            LimitIsConfigured => fault with { Amount = dice.Chance(25) ? 0 : Limit(dice, isLarge) },
            _ => fault,
        };
    }

    private static int Limit(Dice dice, bool isLarge) => isLarge ? dice.Between(50, 500) : dice.Between(1, 10);

    private static int Drift(Dice dice) => dice.Pick(-MostDrift, MostDrift, dice.Between(-MostDrift, MostDrift), 0);
}
