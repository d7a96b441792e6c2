namespace OrleansEcho.Client.Faults;

/// <summary>What goes wrong between a client and its gateways; its message is one line: what, where, what to do. A time-out is a <see cref="TimeoutException"/> instead.</summary>
public abstract class EchoException : IOException
{
    private protected EchoException(string gateway, string message, Exception? cause = null)
        : base(message, cause) => Gateway = gateway;

    /// <summary>The gateway's address, as it was configured; several, when none of them could be used.</summary>
    public string Gateway { get; }
}
