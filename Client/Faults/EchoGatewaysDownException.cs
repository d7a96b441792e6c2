namespace OrleansEcho.Client.Faults;

/// <summary>No gateway of a pool can be used now, and the pool has no connection left: told at once instead of after the acquire time-out.</summary>
public sealed class EchoGatewaysDownException : EchoException
{
    internal EchoGatewaysDownException(string gateways, string message, Exception? last)
        : base(gateways, message, last)
    {
    }
}
