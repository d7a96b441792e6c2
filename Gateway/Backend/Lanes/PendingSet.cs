using System.Threading.Tasks.Sources;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend.Lanes;

/// <summary>
/// A connection's set that travels with others, and what its connection waits for. One a connection, used again for each of its sets: an answer that
/// comes when its set has been given up is known by its round.
/// </summary>
/// <param name="connection">The number of the connection in its gateway's run.</param>
internal sealed class PendingSet(long connection) : IValueTaskSource<BatchedSet>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<BatchedSet> _core; // goes on where Execute is called
    private int _round; // odd while a set waits
    private BatchedSet _answer;
    private Exception? _fault;

    /// <summary>The number of the connection in its gateway's run.</summary>
    public long Connection => connection;

    /// <summary>What waits.</summary>
    public MessageSet Set { get; private set; } = null!;

    /// <summary>The thread whose sockets the connection is one of; null when that is not known.</summary>
    public SocketThread? Home { get; private set; }

    /// <summary>Begins to wait for the answer to a set.</summary>
    /// <returns>The round, for <see cref="TryEnd"/>.</returns>
    public int Begin(MessageSet set)
    {
        _core.Reset();
        (Set, Home, _fault) = (set, SocketThread.Current, null);
        return ++_round;
    }

    /// <summary>What the connection waits for.</summary>
    public ValueTask<BatchedSet> WaitAsync() => new(this, _core.Version);

    /// <summary>Ends the waiting, once: whoever does so has to have <see cref="Execute"/> called.</summary>
    public bool TryEnd(int round, in BatchedSet answer, Exception? fault = null)
    {
        if (Interlocked.CompareExchange(ref _round, round + 1, round) != round) return false;
        (_answer, _fault) = (answer, fault);
        return true;
    }

    /// <summary>The connection goes on, on this thread.</summary>
    public void Execute()
    {
        if (_fault is { } fault) _core.SetException(fault);
        else _core.SetResult(_answer);
    }

    BatchedSet IValueTaskSource<BatchedSet>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<BatchedSet>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<BatchedSet>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
