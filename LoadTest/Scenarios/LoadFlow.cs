namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What one kind of connection does.</summary>
public sealed record LoadFlow
{
    /// <summary>Its share of the connections, and of the rate: more than 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What decides when it sends.</summary>
    public required FlowKind Kind { get; init; }

    /// <summary>Closed loop, churn: how many messages it has in flight. Burst: how many it sends at once. 1 or more.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>The sizes of its messages, with terminator or prefix.</summary>
    public required SizeDistribution Sizes { get; init; }

    /// <summary>Closed loop, churn: how long it waits after an echo before it sends the next message.</summary>
    public TimeSpan ThinkTime { get; init; }

    /// <summary>Churn: how many echoes it takes before it closes; 0 where it never does.</summary>
    public int EchoesPerConnection { get; init; }

    /// <summary>Burst: how often.</summary>
    public TimeSpan BurstInterval { get; init; }

    /// <summary>Hold: how often each connection sends a message while it is idle; 0 for never.</summary>
    public TimeSpan TrickleInterval { get; init; }
}
