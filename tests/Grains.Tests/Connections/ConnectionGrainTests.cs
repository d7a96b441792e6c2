using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

/// <summary>The grain as a gateway sees it, over the wire.</summary>
public sealed class ConnectionGrainTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private readonly ConnectionId _id = Sample.NewId();

    private IConnectionGrain Grain => silo.NewConnection(_id);

    [Fact]
    public async Task OpenConnectionEchoesAndIsDescribed()
    {
        await Grain.OpenAsync(Sample.Opening());
        var set = Sample.Set(1, [3, 0, 4]);

        AssertEcho(set, await Grain.EchoAsync(set));

        var info = await Grain.GetInfoAsync();
        Assert.NotNull(info);
        Assert.Equal((_id, ConnectionState.Connected, "gateway-a"), (info.Id, info.State, info.Gateway));
        Assert.Equal((3, 7, 2), (info.Messages, info.Bytes, info.NextSequence));
        Assert.Null(info.CloseReason);
    }

    [Fact]
    public async Task NothingIsAnswered_BeforeOpening()
    {
        Assert.Null(await Grain.EchoAsync(Sample.Set(1, [3])));
        Assert.Null(await Grain.GetInfoAsync());
    }

    [Fact]
    public async Task SetAheadIsNotAnswered()
    {
        await Grain.OpenAsync(Sample.Opening());
        Assert.Null(await Grain.EchoAsync(Sample.Set(2, [3])));
    }

    [Fact]
    public async Task SetCountsOnce_WhenTheGrainVanishesBeforeItIsSentAgain()
    {
        await Grain.OpenAsync(Sample.Opening());
        var first = Sample.Set(1, [3]);
        AssertEcho(first, await Grain.EchoAsync(first));
        var second = Sample.Set(2, [4, 5]);
        await Grain.EchoAsync(second); // counted, but the gateway does not hear of it
        await silo.Cluster.DeactivateAsync(Grain);

        Assert.Null(await Grain.EchoAsync(second));
        await Grain.OpenAsync(Sample.Opening(next: 2, messages: 1, bytes: 3));
        AssertEcho(second, await Grain.EchoAsync(second));

        var info = await Grain.GetInfoAsync();
        Assert.Equal((3, 12, 3), (info!.Messages, info.Bytes, info.NextSequence));
    }

    [Fact]
    public async Task ClosedConnectionIsForgotten()
    {
        await Grain.OpenAsync(Sample.Opening());
        var gone = silo.Cluster.WaitForDeactivationAsync(Grain);

        await Grain.CloseAsync(CloseReason.PeerClosed);
        await gone.WithinAsync("the grain of a closed connection to be deactivated");

        Assert.Null(await Grain.GetInfoAsync());
        await Grain.CloseAsync(CloseReason.PeerReset);
    }

    [Fact]
    public async Task NeverOpenedConnectionMayBeClosed() => await Grain.CloseAsync(CloseReason.BackendUnavailable);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("k7f3qz9d2m4x-0")]
    public async Task CallFails_WhenItsKeyIsNoConnectionId(string key)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(async () => await silo.Cluster.Client.GetGrain<IConnectionGrain>(key).OpenAsync(Sample.Opening()));
        Assert.Contains($"'{key}' is not the id of a connection", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTravelsUncopied_WhenGatewayAndSiloAreOneProcess()
    {
        var grains = silo.Cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();
        var grain = grains.GetGrain<IConnectionGrain>(_id.Value);
        await grain.OpenAsync(Sample.Opening());
        var set = Sample.Set(1, [3, 4]);

        Assert.Same(set, await grain.EchoAsync(set));
    }

    private static void AssertEcho(MessageSet sent, MessageSet? answer)
    {
        Assert.NotNull(answer);
        Assert.Equal(sent.Sequence, answer.Sequence);
        Assert.Equal(sent.Bytes, answer.Bytes);
        Assert.Equal(sent.Lengths, answer.Lengths);
    }
}
