using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>Something that a pool's state wants done, outside of its lock.</summary>
internal abstract record PoolEffect
{
    public sealed record Open(PooledConnection Connection) : PoolEffect;

    public sealed record Validate(PooledConnection Connection) : PoolEffect;

    public sealed record Close(PooledConnection Connection, CloseCause Cause) : PoolEffect;

    public sealed record Resolve(GatewayName Name) : PoolEffect;

    public sealed record ReportNotResolved(GatewayName Name, Exception Fault) : PoolEffect;

    public sealed record ReportEjection(Gateway Gateway, TimeSpan Wait, Exception Fault) : PoolEffect;

    public sealed record ReportReturn(Gateway Gateway) : PoolEffect;

    public sealed record ReportLeak(LeaseOrigin Origin, string Gateway, TimeSpan Age) : PoolEffect;

    public sealed record ReportLateReturn(LeaseOrigin Origin, TimeSpan Age) : PoolEffect;

    /// <summary>The pool was closed and has no connection left.</summary>
    public sealed record Drained : PoolEffect;
}
