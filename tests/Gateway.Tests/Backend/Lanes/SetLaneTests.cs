using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Tests.Backend.Lanes;

/// <summary>
/// When a set goes, what goes with it, and that each gets its own answer, once, whatever happens to the call that carried it.
/// </summary>
public sealed class SetLaneTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly ScriptedLane _silo;
    private readonly SetLane _lane;

    public SetLaneTests()
    {
        _silo = new ScriptedLane();
        _lane = new SetLane(_silo, _time, _lost.Token);
    }

    public void Dispose() => _lost.Dispose();

    [Fact]
    public void OnAnIdleLineASetGoesAlone_AndOnlyOne()
    {
        Assert.True(_lane.TryGoAlone());
        Assert.False(_lane.TryGoAlone());
        _lane.Return();
        Assert.True(_lane.TryGoAlone());
    }

    [Fact]
    public async Task WhileTwoCallsAreOut_SetsWait_AndGoTogetherWhenOneReturns()
    {
        var first = Send(1);
        await _silo.CallsAsync(1);
        var second = Send(2);
        var calls = await _silo.CallsAsync(2);
        var rest = new[] { Send(3), Send(4), Send(5) };
        Assert.Equal(2, _silo.Open.Count);

        calls[0].Answer();
        await first.WithinAsync("the first answer");
        var next = (await _silo.CallsAsync(2))[1];
        Assert.Equal([3, 4, 5], next.Connections);
        next.Answer();
        foreach (var answer in rest) await answer.WithinAsync("an answer");
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task ACallCarriesNoMoreThanItsSetsAndBytes()
    {
        await FillAsync();
        var big = Enumerable.Range(10, 3).Select(i => Send(i, SetLane.MaxBytes / 2)).ToList();
        _silo.Open[0].Answer();
        var next = (await _silo.CallsAsync(2))[1];
        Assert.Equal([10, 11], next.Connections);
        next.Answer();
        await Task.WhenAll(big[0], big[1]).WithinAsync("what fitted");
        Assert.Equal([12], (await _silo.CallsAsync(2))[1].Connections);

        var small = Enumerable.Range(100, SetLane.MaxSets + 1).Select(i => Send(i)).ToList();
        _silo.Open[1].Answer();
        Assert.Equal(SetLane.MaxSets, (await _silo.CallsAsync(2))[1].Batch.Count);
        Assert.Equal(SetLane.MaxSets + 1, small.Count);
    }

    [Fact]
    public async Task ASetThatIsLongerThanACallGoesByItself()
    {
        await FillAsync();
        _ = Send(10, 2 * SetLane.MaxBytes);
        _ = Send(11);
        _silo.Open[0].Answer();
        Assert.Equal([10], (await _silo.CallsAsync(2))[1].Connections);
    }

    [Fact]
    public async Task CallsThatDoNotReturnAreNotWaitedFor()
    {
        await FillAsync();
        var waiting = Send(10);
        _time.Advance(SetLane.Patience / 2);
        Assert.Equal(2, _silo.Open.Count);
        _time.Advance(SetLane.Patience / 2);
        var calls = await _silo.CallsAsync(3);
        Assert.Equal([10], calls[2].Connections);
        calls[2].Answer();
        await waiting.WithinAsync("the answer");

        // Two are still out: what comes waits for them as before.
        _ = Send(11);
        Assert.Equal(2, _silo.Open.Count);
        calls[0].Answer();
        Assert.Equal([11], (await _silo.CallsAsync(2))[1].Connections);
    }

    [Fact]
    public async Task AFaultIsEachSetsOwn_AndTheLineGoesOn()
    {
        await FillAsync();
        var sets = new[] { Send(10), Send(11) };
        _silo.Open[0].Fail(new TimeoutException("late"));
        (await _silo.CallsAsync(2))[1].Fail(new OrleansException("no"));
        foreach (var set in sets) await Assert.ThrowsAsync<OrleansException>(() => set.WithinAsync("its fault"));

        var next = Send(12);
        (await _silo.CallsAsync(2))[1].Answer();
        await next.WithinAsync("the next answer");
    }

    [Fact]
    public async Task WhenTheSiloIsLost_EverythingEnds_AndNothingBegins()
    {
        var (out1, out2) = await FillAsync();
        var waiting = Send(10);
        await _lost.CancelAsync();
        foreach (var set in new[] { out1, out2, waiting })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => set.WithinAsync("the end"));
        }

        Assert.False(_lane.TryGoAlone());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Send(11).WithinAsync("the refusal"));
        foreach (var call in _silo.Open) call.Answer(); // too late, and read by nobody
        Assert.Empty(_silo.Open);
    }

    [Fact]
    public async Task AnAnswerToASetThatWasGivenUp_IsNotTheNextOnes()
    {
        // A connection gives a set up only when the silo is lost, and goes on elsewhere: with another lane, and the same pending set.
        var pending = new PendingSet(7);
        var set = _lane.SendAsync(pending, BatchedSet.Of(7, Set(1, 1))).AsTask();
        var call = (await _silo.CallsAsync(1))[0];
        await _lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => set.WithinAsync("the end"));

        var silo = new ScriptedLane();
        var next = new SetLane(silo, _time, CancellationToken.None).SendAsync(pending, BatchedSet.Of(7, Set(2, 1))).AsTask();
        call.Answer();
        var other = (await silo.CallsAsync(1))[0];
        Assert.False(next.IsCompleted);
        other.Answer();
        Assert.Equal(2, (await next.WithinAsync("its own answer")).Set!.Sequence);
    }

    [Fact]
    public async Task AnAnswerOfAnotherLengthIsAFault()
    {
        var set = Send(1);
        var call = (await _silo.CallsAsync(1))[0];
        call.Reply.SetResult(new SetBatch([]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => set.WithinAsync("the fault"));
    }

    [Fact]
    public async Task WhateverTheOrder_EachSetEndsOnce_WithItsOwnAnswer() =>
        await Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7]).Array[1, 120].SampleAsync(
            async steps =>
            {
                var silo = new ScriptedLane();
                var time = new FakeTimeProvider();
                var lane = new SetLane(silo, time, CancellationToken.None);
                var connections = Enumerable.Range(1, 8).Select(i => new SendingConnection(new PendingSet(i))).ToArray();
                var alone = 0;
                foreach (var (step, which) in steps)
                {
                    var open = silo.Open;
                    if (step <= 1 && connections[which].IsIdle) connections[which].Send(lane);
                    else if (step is 2 && open.Count > 0) open[which % open.Count].Answer();
                    else if (step is 3 && open.Count > 0) open[which % open.Count].Fail(new TimeoutException());
                    else if (step is 4) time.Advance(SetLane.Patience);
                    else if (step is 5 && alone is 0 && lane.TryGoAlone()) alone++;
                    else if (step is 5 && alone > 0) { lane.Return(); alone--; }
                    await Task.Yield();
                }

                if (alone > 0) lane.Return();
                while (connections.Any(c => !c.IsIdle))
                {
                    foreach (var call in silo.Open) call.Answer();
                    time.Advance(SetLane.Patience);
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
                }

                foreach (var connection in connections) await connection.CheckAsync();

                // The line is idle again: nothing is counted that is not out.
                for (var i = 0; i < 1_000 && !(lane.TryGoAlone() && ++alone > 0); i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
                }

                Assert.NotEqual(0, alone);
            },
            iter: 300,
            threads: 1);

    private static MessageSet Set(long sequence, int length) => new(sequence, new byte[length], null);

    private Task<BatchedSet> Send(long connection, int length = 1) =>
        _lane.SendAsync(new PendingSet(connection), BatchedSet.Of(connection, Set(1, length))).AsTask();

    /// <summary>Two calls are out.</summary>
    private async Task<(Task First, Task Second)> FillAsync()
    {
        var first = Send(1);
        await _silo.CallsAsync(1);
        var second = Send(2);
        await _silo.CallsAsync(2);
        return (first, second);
    }

    /// <summary>One connection: one set under way at a time.</summary>
    private sealed class SendingConnection(PendingSet pending)
    {
        private readonly List<(long Sequence, Task<BatchedSet> Answer)> _sent = [];

        public bool IsIdle => _sent is [] || _sent[^1].Answer.IsCompleted;

        public void Send(SetLane lane)
        {
            var sequence = _sent.Count + 1;
            _sent.Add((sequence, lane.SendAsync(pending, BatchedSet.Of(pending.Connection, Set(sequence, 1))).AsTask()));
        }

        public async Task CheckAsync()
        {
            foreach (var (sequence, answer) in _sent)
            {
                if (answer.IsFaulted) await Assert.ThrowsAsync<TimeoutException>(() => answer);
                else Assert.Equal((pending.Connection, sequence), Of(await answer));
            }
        }

        private static (long Connection, long Sequence) Of(BatchedSet answer) => (answer.Connection, answer.Set!.Sequence);
    }
}
