namespace OrleansEcho.Client.Faults;

/// <summary>No connection could be made: the name is unknown, nobody listens, TLS found something wrong, or it took too long.</summary>
public sealed class EchoConnectException : EchoException
{
    internal EchoConnectException(string gateway, string why, Exception? cause = null)
        : base(gateway, $"No connection to {gateway}: {why}.", cause)
    {
    }
}
