using OrleansEcho.Quota.Tests.Simulation;

namespace OrleansEcho.Quota.Tests;

/// <summary>The quota's production code in a cluster where everything fails that can.</summary>
public sealed class QuotaSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void NothingIsViolated()
    {
        var campaign = Campaign.FromEnvironment();
        campaign.Run();
        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violation is null, campaign.ToString());
    }
}
