namespace OrleansEcho.Client.Faults;

/// <summary>
/// The gateway closed a connection and said why: after an echo, or for what the client did or did not do. A request that ends with this
/// was not echoed; after <see cref="EchoReason.BackendUnavailable"/>, <see cref="EchoReason.QuotaLost"/> and
/// <see cref="EchoReason.InternalError"/> a grain may have had it.
/// </summary>
public sealed class EchoClosedException : EchoReasonException
{
    internal EchoClosedException(string gateway, EchoReason reason, string word, string text)
        : base(gateway, "closed the connection", reason, word, text)
    {
    }
}
