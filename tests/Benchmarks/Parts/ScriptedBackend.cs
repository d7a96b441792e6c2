using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Benchmarks.Parts;

/// <summary>The backend's end of a connection: it echoes at once, or when it is told to, and allocates nothing.</summary>
internal sealed class ScriptedBackend(bool answersAtOnce) : IBackendConnection
{
    private readonly Answer<MessageSet> _answer = new();
    private MessageSet? _open;

    public ValueTask<MessageSet> EchoAsync(MessageSet set, CancellationToken cancellationToken)
    {
        if (answersAtOnce) return new(set);
        _open = set;
        return _answer.WaitAsync();
    }

    public ValueTask CloseAsync(CloseReason reason) => default;

    /// <summary>Answers the set that waits, if one does; its connection goes on on this thread.</summary>
    public void Give()
    {
        if (_open is not { } set) return;
        _open = null;
        _answer.Give(set);
    }
}
