namespace OrleansEcho.Client.Faults;

/// <summary>Bytes came that are no echo of what was sent and no refusal: another framing, another protocol, or a fault on the way.</summary>
public sealed class EchoProtocolException : EchoException
{
    internal EchoProtocolException(string gateway, string what)
        : base(gateway, $"{gateway} sent {what}.")
    {
    }
}
