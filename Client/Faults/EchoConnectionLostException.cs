namespace OrleansEcho.Client.Faults;

/// <summary>The connection ended without a reason while echoes were owed, or before the request was sent; a grain may have had what was not echoed.</summary>
public sealed class EchoConnectionLostException : EchoException
{
    internal EchoConnectionLostException(string gateway, string why, Exception? cause = null)
        : base(gateway, $"The connection to {gateway} was lost: {why}.", cause)
    {
    }
}
