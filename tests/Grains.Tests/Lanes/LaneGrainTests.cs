using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Links;
using OrleansEcho.Grains.Tests.Connections;

namespace OrleansEcho.Grains.Tests.Lanes;

/// <summary>The lane's end in the silo: what a batch of sets comes back as, and that no grain holds up another's answer.</summary>
public sealed class LaneGrainTests : IAsyncLifetime
{
    private static readonly string Run = ConnectionId.NewRun();

    private readonly Obstacles _obstacles = new();
    private InProcessTestCluster _cluster = null!;

    private ILaneGrain Lane => _cluster.Client.GetGrain<ILaneGrain>($"{Run}/0");

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddGrainDirectory(LocalGrainDirectory.Name, static (_, _) => new LocalGrainDirectory());
            silo.AddIncomingGrainCallFilter(_obstacles);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<SiloDeparture>();
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task EachConnectionGetsItsOwnAnswer_InTheBatchsOrder()
    {
        await OpenAsync(1, 2, 3);
        var answers = await Lane.EchoAsync(new SetBatch([Batched(3), Batched(1), Batched(2)])).AsTask().WithinAsync("the batch");

        Assert.Equal([3, 1, 2], Connections(answers));
        for (var i = 0; i < 3; i++) Assert.Equal(SetOf(answers[i].Connection).Bytes, answers[i].Set!.Bytes);
        Assert.Equal(4, (await Grain(2).GetInfoAsync())!.Messages + 3); // it is the connection's own grain that has counted it
    }

    [Fact]
    public async Task AConnectionThatIsNotOpenIsSaidToBe_AndTheOthersAreAnswered()
    {
        await OpenAsync(1);
        var answers = await Lane.EchoAsync(new SetBatch([Batched(1), Batched(2)])).AsTask().WithinAsync("the batch");
        Assert.Equal([SetOutcome.Here, SetOutcome.NotOpen], Outcomes(answers));
        Assert.Null(answers[1].Set);
    }

    [Fact]
    public async Task AGrainThatTakesItsTimeHoldsUpNobody_AndIsCollected()
    {
        await OpenAsync(1, 2, 3);
        var obstacle = _obstacles.Before(2);
        var answers = await Lane.EchoAsync(new SetBatch([Batched(1), Batched(2), Batched(3)])).AsTask().WithinAsync("the others' answers");
        Assert.Equal([SetOutcome.Here, SetOutcome.Late, SetOutcome.Here], Outcomes(answers));

        var late = Lane.CollectAsync(2, 1).AsTask();
        Assert.False(late.IsCompleted);
        obstacle.SetResult();
        Assert.Equal(SetOf(2).Bytes, (await late.WithinAsync("the late answer"))!.Bytes);
        Assert.Equal(1, (await Grain(2).GetInfoAsync())!.Messages); // handled once
    }

    [Fact]
    public async Task AGrainThatFailsIsCollected_WithItsException()
    {
        await OpenAsync(1, 2);
        await Grain(2).CloseAsync(CloseReason.PeerClosed);
        _obstacles.Before(2).SetException(new InvalidOperationException("It is out of order."));
        var answers = await Lane.EchoAsync(new SetBatch([Batched(1), Batched(2)])).AsTask().WithinAsync("the batch");

        Assert.Equal([SetOutcome.Here, SetOutcome.Late], Outcomes(answers));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => Lane.CollectAsync(2, 1).AsTask().WithinAsync("its exception"));
        Assert.Equal("It is out of order.", fault.Message);
    }

    [Fact]
    public async Task BatchesDoNotWaitForEachOther()
    {
        await OpenAsync(1, 2);
        var obstacle = _obstacles.Before(1);
        var held = Lane.EchoAsync(new SetBatch([Batched(1)])).AsTask();
        await Lane.EchoAsync(new SetBatch([Batched(2)])).AsTask().WithinAsync("the second batch");
        obstacle.SetResult();
        await held.WithinAsync("the first batch");
    }

    private static BatchedSet Batched(long connection) => new(connection, SetOf(connection), SetOutcome.Here);

    private static MessageSet SetOf(long connection) => new(1, [(byte)connection, 1, 2], null);

    private static long[] Connections(SetBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Connection)];

    private static SetOutcome[] Outcomes(SetBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Outcome)];

    private IConnectionGrain Grain(long connection) => _cluster.Client.GetGrain<IConnectionGrain>(ConnectionId.Create(Run, connection).Value);

    private async Task OpenAsync(params long[] connections)
    {
        foreach (var connection in connections) await Grain(connection).OpenAsync(Sample.Opening());
    }

    /// <summary>Stands before a connection's grain.</summary>
    private sealed class Obstacles : IIncomingGrainCallFilter
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _obstacles = new();

        /// <summary>The next set of this connection waits for the result.</summary>
        public TaskCompletionSource Before(long connection) =>
            _obstacles[ConnectionId.Create(Run, connection).Value] = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name is nameof(IConnectionGrain.EchoAsync) && context.TargetId.Key.ToString() is { } key && _obstacles.TryRemove(key, out var obstacle)) await obstacle.Task;
            await context.Invoke();
        }
    }
}
