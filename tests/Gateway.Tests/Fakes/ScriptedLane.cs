using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A lane's end in the silo, as the test plays it.</summary>
internal sealed class ScriptedLane : ILane
{
    private readonly Lock _lock = new();
    private readonly List<Call> _open = [];

    /// <summary>The calls that have come and are not answered, in the order in which they came.</summary>
    internal IReadOnlyList<Call> Open
    {
        get
        {
            lock (_lock) return [.. _open];
        }
    }

    /// <summary>What is answered to who collects.</summary>
    internal Func<long, long, Task<MessageSet?>> Collected { get; set; } = (_, _) => Task.FromResult<MessageSet?>(null);

    /// <summary>Waits until so many calls have come.</summary>
    internal async Task<IReadOnlyList<Call>> CallsAsync(int count)
    {
        for (var i = 0; Open.Count < count && i < 1_000; i++) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(count, Open.Count);
        return Open;
    }

    ValueTask<MessageSet?> ILane.CollectAsync(long connection, long sequence) => new(Collected(connection, sequence));

    ValueTask<SetBatch> ILane.EchoAsync(SetBatch batch)
    {
        var call = new Call(this, batch);
        lock (_lock) _open.Add(call);
        return new(call.Reply.Task);
    }

    internal sealed class Call(ScriptedLane lane, SetBatch batch)
    {
        public TaskCompletionSource<SetBatch> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SetBatch Batch => batch;

        public IReadOnlyList<long> Connections => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Connection)];

        /// <summary>Each set is echoed.</summary>
        public void Answer() => Answer(static set => set);

        public void Answer(Func<BatchedSet, BatchedSet> answer)
        {
            Close();
            Reply.SetResult(new SetBatch([.. Enumerable.Range(0, batch.Count).Select(i => answer(batch[i]))]));
        }

        public void Fail(Exception fault)
        {
            Close();
            Reply.SetException(fault);
        }

        private void Close()
        {
            lock (lane._lock) lane._open.Remove(this);
        }
    }
}
