namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>An open connection that carries bytes, and tells its sink what comes.</summary>
internal abstract class Transport : IDisposable
{
    /// <summary>Who hears of it; to be set before anything else.</summary>
    public ITransportSink Sink { get; set; } = null!;

    /// <summary>Begins to receive.</summary>
    public abstract void Start();

    /// <summary>Sends. Nothing else may be sent, and the bytes must not change, until it is done.</summary>
    /// <returns>Whether it is done; if not, the sink is told when it is.</returns>
    public abstract bool Send(ReadOnlyMemory<byte> bytes);

    /// <summary>Closes it; its sink may still be called for what was under way.</summary>
    public abstract void Dispose();
}
