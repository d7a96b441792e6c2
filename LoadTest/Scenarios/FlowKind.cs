namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What decides when a connection sends.</summary>
public enum FlowKind
{
    /// <summary>The echoes: as many messages in flight as its depth; latency is from sending.</summary>
    Closed,

    /// <summary>The clock: a rate, whatever the echoes do; latency is from when a message should have been sent.</summary>
    Open,

    /// <summary>As <see cref="Closed"/>, but it closes after some echoes, and another connection comes.</summary>
    Churn,

    /// <summary>It is open, and idle but for a trickle; it is echoed one message at the beginning and one at the end.</summary>
    Hold,

    /// <summary>The clock: several messages at once, at intervals; latency is from when the burst should have begun.</summary>
    Burst,
}
