namespace OrleansEcho.Client.Gateways;

/// <summary>A configured name, which stands for other addresses from time to time.</summary>
internal sealed class GatewayName(GatewayAddress address)
{
    public GatewayAddress Address => address;

    public bool IsResolving { get; set; }

    /// <summary>When it is resolved again.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>Why it could not be resolved the last time; null when it could.</summary>
    public Exception? Fault { get; set; }
}
