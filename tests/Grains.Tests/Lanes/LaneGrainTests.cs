using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Lanes;
using OrleansEcho.Grains.Links;
using OrleansEcho.Grains.Tests.Connections;

namespace OrleansEcho.Grains.Tests.Lanes;

/// <summary>The lane's end in the silo: what a batch of sets comes back as, and that no grain holds up another's answer.</summary>
public sealed class LaneGrainTests : IAsyncLifetime
{
    private static readonly string Run = ConnectionId.NewRun();

    private readonly LocalConnections _local = new();
    private readonly HeldPatience _time = new();
    private InProcessTestCluster _cluster = null!;

    private ILaneGrain TheLane => _cluster.Client.GetGrain<ILaneGrain>($"{Run}/0");

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddGrainDirectory(LocalGrainDirectory.Name, static (_, _) => new LocalGrainDirectory());
            silo.Services.AddSingleton(_local);
            silo.Services.AddSingleton<TimeProvider>(_time);
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
        var answers = await TheLane.EchoAsync(new SetBatch([Batched(3), Batched(1), Batched(2)])).AsTask().WithinAsync("the batch");

        Assert.Equal([3, 1, 2], Connections(answers));
        for (var i = 0; i < 3; i++) Assert.Equal(SetOf(answers[i].Connection).Bytes, answers[i].Set!.Bytes);
        Assert.Equal(4, (await Grain(2).GetInfoAsync())!.Messages + 3); // it is the connection's own grain that has counted it
    }

    [Fact]
    public async Task AConnectionThatIsNotOpenIsSaidToBe_AndTheOthersAreAnswered()
    {
        await OpenAsync(1);
        var answers = await TheLane.EchoAsync(new SetBatch([Batched(1), Batched(2)])).AsTask().WithinAsync("the batch");
        Assert.Equal([SetOutcome.Here, SetOutcome.NotOpen], Outcomes(answers));
        Assert.Null(answers[1].Set);
    }

    [Fact]
    public async Task AGrainThatTakesItsTimeHoldsUpNobody_AndIsCollected()
    {
        await OpenAsync(1, 2, 3);
        using var obstacle = Obstacle(2);
        var batch = TheLane.EchoAsync(new SetBatch([Batched(1), Batched(2), Batched(3)])).AsTask();
        await HandledAsync(1, 3);
        await _time.PassAsync();
        Assert.Equal([SetOutcome.Here, SetOutcome.Late, SetOutcome.Here], Outcomes(await batch.WithinAsync("the others' answers")));

        var late = TheLane.CollectAsync(2, 1).AsTask();
        Assert.False(late.IsCompleted);
        obstacle.Dispose();
        Assert.Equal(SetOf(2).Bytes, (await late.WithinAsync("the late answer"))!.Bytes);
        Assert.Equal(1, (await Grain(2).GetInfoAsync())!.Messages); // handled once
    }

    [Fact]
    public async Task AGrainThatFailsIsCollected_WithItsException()
    {
        await OpenAsync(1, 2, 3, 4, 5, 6);
        using (Obstacle(2)) // its turn comes when it is closed, and not collected yet
        {
            var batch = TheLane.EchoAsync(new SetBatch([BatchedSet.Closes(2, CloseReason.PeerClosed), Batched(1), Batched(3), Batched(4)]))
                .AsTask();
            await HandledAsync(1, 3, 4);
            await _time.PassAsync();
            Assert.Equal(
                [SetOutcome.Late, SetOutcome.Here, SetOutcome.Here, SetOutcome.Here], Outcomes(await batch.WithinAsync("the closing")));
            var second = TheLane.EchoAsync(new SetBatch([Batched(2), Batched(5), Batched(6)])).AsTask();
            await HandledAsync(5, 6);
            await _time.PassAsync();
            Assert.Equal([SetOutcome.Late, SetOutcome.Here, SetOutcome.Here], Outcomes(await second.WithinAsync("the batch")));
        }

        var fault =
            await Assert.ThrowsAsync<ConnectionHandlerException>(() => TheLane.CollectAsync(2, 1).AsTask().WithinAsync("its exception"));
        Assert.EndsWith("is closed (PeerClosed).", fault.Message, StringComparison.Ordinal);
        Assert.Null(await TheLane.CollectAsync(2, 0).AsTask().WithinAsync("the end of the closing"));
    }

    [Fact]
    public async Task BatchesDoNotWaitForEachOther()
    {
        await OpenAsync(1, 2);
        using var obstacle = Obstacle(1);
        var held = TheLane.EchoAsync(new SetBatch([Batched(1)])).AsTask();
        await TheLane.EchoAsync(new SetBatch([Batched(2)])).AsTask().WithinAsync("the second batch");
        obstacle.Dispose();
        await held.WithinAsync("the first batch");
    }

    [Fact]
    public async Task ConnectionsOpenAndCloseTogether()
    {
        var opened = await TheLane.EchoAsync(new SetBatch([BatchedSet.Opens(1, Sample.Opening()), BatchedSet.Opens(2, Sample.Opening())]))
            .AsTask().WithinAsync("the openings");
        Assert.Equal([SetOutcome.Here, SetOutcome.Here], Outcomes(opened));
        Assert.Equal([SetOutcome.Here, SetOutcome.Here],
            Outcomes(await TheLane.EchoAsync(new SetBatch([Batched(1), Batched(2)])).AsTask().WithinAsync("the sets")));

        await TheLane.EchoAsync(new SetBatch([BatchedSet.Closes(1, CloseReason.PeerClosed), Batched(2)]))
            .AsTask().WithinAsync("the closing");
        Assert.Equal(ConnectionState.Connected, (await Grain(2).GetInfoAsync())!.State);
        await Deadline.UntilAsync(() => Task.FromResult(!_local.TryGet(Run, 1, out _)), "the closed grain is gone");
        Assert.Null(await Grain(1).GetInfoAsync()); // another activation: it knows nothing
    }

    [Fact]
    public async Task AGrainThatIsCollectedIsNotOpen()
    {
        await OpenAsync(1);
        Assert.True(_local.TryGet(Run, 1, out var grain));
        await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(() => Task.FromResult(!_local.TryGet(Run, 1, out _)), "the grain is collected");
        Assert.Equal([SetOutcome.NotOpen], Outcomes(await TheLane.EchoAsync(new SetBatch([Batched(1)])).AsTask().WithinAsync("the batch")));
        Assert.Null(await grain.HandleAsync(SetOf(1))); // and so is a turn that was on its way
    }

    private static BatchedSet Batched(long connection) => BatchedSet.Of(connection, SetOf(connection));

    private static MessageSet SetOf(long connection) => new(1, [(byte)connection, 1, 2], null);

    private static long[] Connections(SetBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Connection)];

    private static SetOutcome[] Outcomes(SetBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Outcome)];

    private IConnectionGrain Grain(long connection) =>
        _cluster.Client.GetGrain<IConnectionGrain>(ConnectionId.Create(Run, connection).Value);

    private async Task OpenAsync(params long[] connections)
    {
        foreach (var connection in connections) await Grain(connection).OpenAsync(Sample.Opening());
    }

    private async Task HandledAsync(params long[] connections)
    {
        foreach (var connection in connections)
        {
            await Deadline.UntilAsync(
                async () => (await Grain(connection).GetInfoAsync())!.Messages is 1, $"connection {connection} has handled its set");
        }
    }

    /// <summary>The connection's grain has something else to do, until this is disposed of.</summary>
    private Blockage Obstacle(long connection)
    {
        Assert.True(_local.TryGet(Run, connection, out var grain));
        var obstacle = new Blockage();
        grain.GrainContext.Scheduler.QueueTask(new Task(obstacle.Wait));
        return obstacle;
    }

    private sealed class Blockage : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public void Wait() => _end.Wait(Deadline.Generous);

        public void Dispose() => _end.Set();
    }

    /// <summary>Real time, but the lane's patience passes when the test says so.</summary>
    private sealed class HeldPatience : TimeProvider
    {
        private readonly ConcurrentQueue<HeldTimer> _held = new();

        public async Task PassAsync()
        {
            await Deadline.UntilAsync(() => Task.FromResult(_held.Any(t => !t.IsGone)), "the lane waits");
            while (_held.TryDequeue(out var timer)) timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Lane.Patience) return base.CreateTimer(callback, state, dueTime, period);
            var timer = new HeldTimer(callback, state);
            _held.Enqueue(timer);
            return timer;
        }

        private sealed class HeldTimer(TimerCallback callback, object? state) : ITimer
        {
            public bool IsGone { get; private set; }

            public void Fire()
            {
                if (!IsGone) callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => !IsGone;

            public void Dispose() => IsGone = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
