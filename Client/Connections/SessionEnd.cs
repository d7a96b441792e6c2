using OrleansEcho.Client.Faults;

namespace OrleansEcho.Client.Connections;

/// <summary>Why a connection ended: decided once, told to everybody who still waits, each with an exception of his own.</summary>
internal abstract record SessionEnd
{
    /// <summary>Whether the gateway is stopping, or said otherwise that it does not want connections now.</summary>
    public virtual bool IsToldByGateway => false;

    /// <summary>The exception for one who waits.</summary>
    public abstract Exception ToException(string gateway);

    /// <summary>The client was disposed of.</summary>
    public sealed record Disposed : SessionEnd
    {
        public override Exception ToException(string gateway) => new ObjectDisposedException(nameof(EchoClient));
    }

    /// <summary>The gateway said why.</summary>
    public sealed record Told(EchoReason Reason, string Word, string Text, bool IsRefusal) : SessionEnd
    {
        public override bool IsToldByGateway => true;

        public override Exception ToException(string gateway) => IsRefusal
            ? new EchoRefusedException(gateway, Reason, Word, Text)
            : new EchoClosedException(gateway, Reason, Word, Text);
    }

    /// <summary>FIN or a reset, without a word.</summary>
    public sealed record Lost(string Why, Exception? Cause) : SessionEnd
    {
        public override Exception ToException(string gateway) => new EchoConnectionLostException(gateway, Why, Cause);
    }

    /// <summary>Bytes that a gateway of this framing does not send.</summary>
    public sealed record Nonsense(string What) : SessionEnd
    {
        public override Exception ToException(string gateway) => new EchoProtocolException(gateway, What);
    }
}
