using OrleansEcho.Quota.Tests.Simulation;

namespace OrleansEcho.Quota.Tests;

/// <summary>The quota's production code in a cluster where everything fails that can.</summary>
public sealed class QuotaSimulationTests(ITestOutputHelper output)
{
    // Below this many schedules, what is rare may not happen at all.
    private const int EnoughToSeeEverything = 1_000;

    // Of all that there is to see.
    private static readonly Sight[] Expected =
    [
        Sight.LeasesExpired, Sight.Recalls, Sight.ActivationsOverlapped, Sight.Shared, Sight.Conflicts, Sight.RelearningBegan, Sight.RelearningEnded, Sight.FallbackRenewals,
        Sight.StaleAnswers, Sight.RepeatedAnswers, Sight.LateWrites, Sight.LostAnswers, Sight.LimitsChanged, Sight.VersionMismatches, Sight.LeaseLost,
        Sight.ClosedAtLeaseEnd, Sight.ClosedByLowering, Sight.WaitingServed, Sight.AdmittedFromReserve, Sight.Probes, Sight.PromptnessChecked,
    ];

    [Fact]
    public void NothingIsViolated()
    {
        var campaign = Campaign.FromEnvironment();
        campaign.Run();
        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violation is null, campaign.ToString());
        if (campaign.Schedules >= EnoughToSeeEverything) Assert.All(Expected, sight => Assert.True(campaign.Coverage[sight] > 0, $"{sight} was never seen."));
    }

    [Fact]
    public void AScheduleGoesTheSameWay_EachTime()
    {
        var (once, again) = (new Coverage(), new Coverage());
        for (ulong seed = 0; seed < 20; seed++)
        {
            Simulation.Simulation.Run(ScheduleGenerator.Generate(seed), once);
            Simulation.Simulation.Run(ScheduleGenerator.Generate(seed), again);
        }

        Assert.Equal(once.ToString(), again.ToString());
    }
}
