namespace OrleansEcho.Client.Faults;

/// <summary>The gateway said why it does not serve the connection (any longer): <see cref="EchoRefusedException"/> or <see cref="EchoClosedException"/>.</summary>
public abstract class EchoReasonException : EchoException
{
    private protected EchoReasonException(string gateway, string what, EchoReason reason, string word, string text)
        : base(gateway, $"{gateway} {what}: {word}{(text.Length > 0 ? $", {text}" : "")}.") => (Reason, Word, Text) = (reason, word, text);

    /// <summary>The reason, out of the closed list of docs/protocols.md.</summary>
    public EchoReason Reason { get; }

    /// <summary>The reason's word as the gateway sent it; tells more than <see cref="Reason"/> only when that is <see cref="EchoReason.Unknown"/>.</summary>
    public string Word { get; }

    /// <summary>
    /// The gateway's sentence for a person, which may change with any version; empty when it sent none. Control characters, and those that turn the
    /// direction of writing, are U+FFFD here and in <see cref="Word"/>.
    /// </summary>
    public string Text { get; }
}
