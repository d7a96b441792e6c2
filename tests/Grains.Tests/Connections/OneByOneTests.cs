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
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.WithinAsync("the first"));
        Assert.Equal([1, 2], _handler.Begun);
        Assert.False(free.IsCompleted);

        _handler.Ends[1].SetResult();
        Assert.Equal(2, (await second.WithinAsync("the second"))!.Sequence);
        await free.WithinAsync("the end of both");
    }

    private sealed class SlowHandler : ISetHandler
    {
        public bool IsSlow { get; set; } = true;

        public List<long> Begun { get; } = [];

        public List<TaskCompletionSource> Ends { get; } = [];

        public async ValueTask<MessageSet?> EchoAsync(MessageSet set)
        {
            Begun.Add(set.Sequence);
            if (!IsSlow) return set;
            Ends.Add(new());
            await Ends[^1].Task;
            return set;
        }
    }
}
