using System.Threading.Tasks.Sources;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend.Lanes;

/// <summary>
/// What of a connection travels with others' (a set of its, mostly), and what the connection waits for. One a connection, used again and again: an answer that
/// comes when what it answers has been given up is known by its round.
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
    public BatchedSet Part { get; private set; }

    /// <summary>The thread whose sockets the connection is one of; null when that is not known.</summary>
    public SocketThread? Home { get; private set; }

    /// <summary>Begins to wait for an answer.</summary>
    /// <returns>The round, for <see cref="TryEnd"/>.</returns>
    public int Begin(in BatchedSet part)
    {
        _core.Reset();
        (Part, Home, _fault) = (part, SocketThread.Current, null);
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

    BatchedSet IValueTaskSource<BatchedSet>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // A connection whose next set is long in coming must not hold the last one and its answer.
            (Part, _answer, _fault) = (default, default, null);
            _core.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<BatchedSet>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<BatchedSet>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
