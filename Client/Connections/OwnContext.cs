namespace OrleansEcho.Client.Connections;

/// <summary>
/// While it lasts, what is begun takes nothing along of the call that begins it: a connection outlives the request that opened it, and
/// would keep that request's ambient values as long as it lives.
/// </summary>
internal readonly ref struct OwnContext : IDisposable
{
    private readonly AsyncFlowControl _flow;
    private readonly bool _isNested;

    private OwnContext(bool isNested) => (_isNested, _flow) = (isNested, isNested ? default : ExecutionContext.SuppressFlow());

    /// <summary>Begins it, in this thread; also where it has begun already.</summary>
    public static OwnContext Begin() => new(ExecutionContext.IsFlowSuppressed());

    /// <summary>Ends it, in the same thread.</summary>
    public void Dispose()
    {
        if (!_isNested) _flow.Undo();
    }
}
