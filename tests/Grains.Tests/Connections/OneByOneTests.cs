using System.Net.Sockets;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

public sealed class OneByOneTests
{
    private readonly SlowHandler _handler = new();
    private readonly OneByOne _sets;

    public OneByOneTests() => _sets = new(_handler);

    [Fact]
    public async Task WhatIsHandledAtOnceIsAnsweredAtOnce()
    {
        _handler.IsSlow = false;
        var answer = _sets.HandleAsync(Sample.Set(1, [3]));
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(1, (await answer)!.Sequence);
    }

    [Fact]
    public async Task WhileOneIsHandled_TheNextWait_InOrder_AlsoAfterAFailure()
    {
        var first = _sets.HandleAsync(Sample.Set(1, [3])).AsTask();
        var second = _sets.HandleAsync(Sample.Set(2, [3])).AsTask();
        var free = _sets.FreeAsync().AsTask();
        Assert.Equal([1], _handler.Begun);

        _handler.Ends[0].SetException(new InvalidOperationException("no"));
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<ConnectionHandlerException>(() => first.WithinAsync("the first"))).InnerException);
        Assert.Equal([1, 2], _handler.Begun);
        Assert.False(free.IsCompleted);

        _handler.Ends[1].SetResult();
        Assert.Equal(2, (await second.WithinAsync("the second"))!.Sequence);
        await free.WithinAsync("the end of both");
    }

    /// <summary>All that a gateway would take for a failure on the way, and send the set again for.</summary>
    public static TheoryData<Exception> Transient =>
        [new TimeoutException("no"), new OrleansException("no"), new SocketException(), new IOException("no"), new ObjectDisposedException("no"), new OperationCanceledException("no")];

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task HandlersOwnFailureIsCalledSo_WhateverItIs(Exception fault)
    {
        _handler.Throws = fault;
        await FailsAsync(_sets.HandleAsync, 1); // before it waits for anything
        _handler.Throws = null;
        var waits = FailsAsync(_sets.HandleAsync, 2);
        var comesAfter = FailsAsync(_sets.HandleAsync, 3);
        _handler.Ends[0].SetException(fault);
        await waits.WithinAsync("the one that waited");
        await Deadline.UntilAsync(() => Task.FromResult(_handler.Ends.Count is 2), "the turn of the one after it");
        _handler.Ends[1].SetException(fault);
        await comesAfter.WithinAsync("the one after it");

        async Task FailsAsync(Func<MessageSet, ValueTask<MessageSet?>> handle, long sequence)
        {
            var failure = await Assert.ThrowsAsync<ConnectionHandlerException>(async () => await handle(Sample.Set(sequence, [3])));
            Assert.Same(fault, failure.InnerException);
            Assert.StartsWith($"What was to be done with set {sequence} failed: {fault.GetType().Name}: ", failure.Message, StringComparison.Ordinal);
        }
    }

    private sealed class SlowHandler : ISetHandler
    {
        public bool IsSlow { get; set; } = true;

        public List<long> Begun { get; } = [];

        public List<TaskCompletionSource> Ends { get; } = [];

        public Exception? Throws { get; set; }

        public ValueTask<MessageSet?> EchoAsync(MessageSet set)
        {
            Begun.Add(set.Sequence);
            if (Throws is { } fault) throw fault;
            if (!IsSlow) return new(set);
            Ends.Add(new());
            return new(WaitAsync(Ends[^1].Task));

            async Task<MessageSet?> WaitAsync(Task end)
            {
                await end;
                return set;
            }
        }
    }
}
