using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Interfaces.Links;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// What a gateway asks of a silo, that silo does without any other: also while others are gone and nobody has declared them dead.
/// </summary>
public sealed class LivingSiloTests : ProcessTest
{
    // So many that, however the three have divided the grains' directory among them, it is for some of their grains
    // that each other silo would be asked.
    private const int Gateways = 200;

    // Many times what it takes on a busy machine, and less than a call to a silo that stands still waits for.
    private static readonly TimeSpan WithoutTheOthers = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Heartbeats_Openings_AndSets_NeedNoOtherSilo()
    {
        // 1. Of three silos two stand still, and are not declared dead for longer than the test takes.
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        string[] arguments =
            ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", "--Silo:JoinPatienceSeconds=300"];
        SiloNode[] silos = [new(NodePlace.Here, Own, arguments), new(NodePlace.Here, Own, arguments), new(NodePlace.Here, Own, arguments)];
        await Task.WhenAll(silos.Select(silo => silo.StartAsync()));
        await using var client = await GrainClient.ConnectAsync(silos[0]);
        await VisitAsync(client.Grains, silos[0]);
        await Task.WhenAll(silos.Skip(1).Select(silo => silo.Process.FreezeAsync()));

        // 2. Gateways come to the third.
        await Task.WhenAll(Enumerable.Range(0, Gateways).Select(_ => VisitAsync(client.Grains, silos[0])));
    }

    /// <summary>Does what a gateway does that has just found a silo.</summary>
    private static async Task VisitAsync(IGrainFactory grains, SiloNode silo)
    {
        var run = ConnectionId.NewRun();
        var sign = await grains.GetGrain<ILinkGrain>(run)
            .BeatAsync(new GatewaySign { Gateway = run }).AsTask().WithinAsync("a heartbeat's answer", WithoutTheOthers);
        Assert.StartsWith($"S{silo.Silos}:", sign.Silo, StringComparison.Ordinal);

        var opening = new ConnectionOpening { Gateway = run, Listener = "line", Peer = "peer", OpenedAt = default, NextSequence = 1 };
        var set = new MessageSet(1, "set"u8.ToArray(), [3]);
        var alone = grains.GetGrain<IConnectionGrain>(ConnectionId.Create(run, 1).Value);
        await alone.OpenAsync(opening).AsTask().WithinAsync("a connection to open", WithoutTheOthers);
        Assert.Equal(set.Bytes, (await alone.EchoAsync(set).AsTask().WithinAsync("an echo", WithoutTheOthers))!.Bytes);

        await OnLaneAsync(grains, run, BatchedSet.Opens(2, opening));
        Assert.Equal(set.Bytes, (await OnLaneAsync(grains, run, BatchedSet.Of(2, set)))!.Bytes);
    }

    private static async Task<MessageSet?> OnLaneAsync(IGrainFactory grains, string run, BatchedSet part)
    {
        var lane = grains.GetGrain<ILaneGrain>($"{run}/0");
        var answer = (await lane.EchoAsync(new SetBatch([part])).AsTask().WithinAsync("a lane's answer", WithoutTheOthers))[0];
        return answer.Outcome is SetOutcome.Late
            ? await lane.CollectAsync(part.Connection, part.Sequence).AsTask().WithinAsync("a late answer", WithoutTheOthers) : answer.Set;
    }
}
