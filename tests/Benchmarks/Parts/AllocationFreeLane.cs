using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Benchmarks.Parts;

/// <summary>A lane's end in the silo that echoes a batch when it is told to, and allocates nothing. One call at a time.</summary>
internal sealed class AllocationFreeLane : ILane
{
    private readonly Answer<SetBatch> _answer = new();
    private SetBatch? _open;

    /// <summary>How many sets the call has that waits for its answer; 0 when there is none.</summary>
    public int Waiting => Volatile.Read(ref _open)?.Count ?? 0;

    /// <inheritdoc/>
    public ValueTask<SetBatch> EchoAsync(SetBatch batch)
    {
        if (Waiting > 0) throw new InvalidOperationException("Two calls are out.");
        var answer = _answer.WaitAsync();
        Volatile.Write(ref _open, batch);
        return answer;
    }

    /// <inheritdoc/>
    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => throw new NotSupportedException("No set is late here.");

    /// <summary>Answers the call that waits; what was waiting for it happens on this thread, the next call too.</summary>
    public void Give()
    {
        var batch = _open!;
        Volatile.Write(ref _open, null);
        _answer.Give(batch);
    }
}
