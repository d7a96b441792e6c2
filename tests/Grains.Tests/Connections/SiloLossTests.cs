using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

/// <summary>
/// What a gateway does when a silo is gone works for every connection: those that lived on it and those that did not. (In one process;
/// real crashes are the matter of Cluster.Tests.)
/// </summary>
public sealed class SiloLossTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    // Enough for both silos to have some: one of them gets all once in half a billion runs.
    private const int Connections = 30;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryConnectionGoesOn_WhenASiloLeaves(bool isKilled)
    {
        var cluster = silos.Cluster;
        var cancellationToken = TestContext.Current.CancellationToken;
        while (cluster.GetActiveSilos().Count() < 2) await cluster.StartAdditionalSiloAsync();
        await cluster.WaitForLivenessToStabilizeAsync();
        var grains = Enumerable.Range(0, Connections).Select(_ => silos.NewConnection(Sample.NewId())).ToArray();
        foreach (var grain in grains)
        {
            await grain.OpenAsync(Sample.Opening());
            Assert.NotNull(await grain.EchoAsync(Sample.Set(1, [3])));
        }

        var victim = cluster.GetActiveSilos().Last();
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        var homes = await Task.WhenAll(grains.Select(async grain => await management.GetActivationAddress(grain)));
        Assert.Contains(victim.SiloAddress, homes);

        await (isKilled ? cluster.KillSiloAsync(victim, cancellationToken) : cluster.StopSiloAsync(victim, cancellationToken));

        await Task.WhenAll(grains.Select(grain => GoOnAsync(grain, Sample.Set(2, [4, 5]))));
        homes = await Task.WhenAll(grains.Select(async grain => await management.GetActivationAddress(grain)));
        Assert.DoesNotContain(victim.SiloAddress, homes);
    }

    // The gateway's way (Gateway/Backend/OrleansBackendConnection.cs): again, with the same number, until it is answered.
    private static async Task GoOnAsync(IConnectionGrain grain, MessageSet set)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Exception? failure = null;
            try
            {
                var answer = await grain.EchoAsync(set);
                if (answer is null)
                {
                    await grain.OpenAsync(Sample.Opening(next: 2, messages: 1, bytes: 3));
                    answer = await grain.EchoAsync(set);
                }

                if (answer is not null && await grain.GetInfoAsync() is { } info)
                {
                    Assert.Equal(set.Bytes, answer.Bytes);
                    Assert.Equal((3, 12, 3), (info.Messages, info.Bytes, info.NextSequence));
                    return;
                }
            }
            catch (Exception fault) when (fault is TimeoutException or OrleansException)
            {
                failure = fault;
            }

            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                Assert.Fail($"Waited {Patience.TotalSeconds} s for connection {grain.GetPrimaryKeyString()} to be answered; last: {failure?.Message ?? "null"}.");
            }

            await Task.Delay(RetryDelay, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
