using OrleansEcho.Quota.Tests.Simulation;

namespace OrleansEcho.Quota.Tests;

/// <summary>A simulation that nothing can make fail shows nothing: each of these breaks something around the production code.</summary>
public sealed class SabotageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Sabotage.LedgerClockIsFast)]
    [InlineData(Sabotage.StaleReplyIsTaken)]
    [InlineData(Sabotage.WriteIsForgotten)]
    [InlineData(Sabotage.ReadIsSkipped)]
    [InlineData(Sabotage.WriteIsNotCompared)]
    [InlineData(Sabotage.AnswerBeforeWrite)]
    public void SabotageIsNoticed(object sabotage)
    {
        var campaign = new Campaign(1_000, 0);

        campaign.Run((Sabotage)sabotage);

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violation is not null, $"{sabotage} was not noticed in {campaign.Schedules} schedules.");
        Assert.InRange(campaign.Violation.Schedule.Faults.Count, 0, 6);
    }
}
