using Microsoft.Extensions.Logging;

namespace OrleansEcho.Client.Pooling;

/// <summary>What a pool logs.</summary>
internal static partial class PoolLog
{
    [LoggerMessage(5001, LogLevel.Warning, "Gateway {Gateway} is left alone for {Seconds:0.0} s: {Fault}")]
    public static partial void Ejected(ILogger logger, string gateway, double seconds, string fault);

    [LoggerMessage(5002, LogLevel.Information, "Gateway {Gateway} is back.")]
    public static partial void IsBack(ILogger logger, string gateway);

    [LoggerMessage(5003, LogLevel.Warning, "Pool {Pool}: a connection to {Gateway} has been leased for {Seconds:0} s by {Origin}; is its lease never disposed of?")]
    public static partial void Leak(ILogger logger, string pool, string gateway, double seconds, LeaseOrigin origin);

    [LoggerMessage(5004, LogLevel.Information, "Pool {Pool}: the connection that was leased by {Origin} was returned after {Seconds:0} s; it was no leak.")]
    public static partial void LateReturn(ILogger logger, string pool, LeaseOrigin origin, double seconds);

    [LoggerMessage(5005, LogLevel.Warning, "The gateway's name {Host} cannot be resolved: {Fault}")]
    public static partial void NotResolved(ILogger logger, string host, string fault);

    [LoggerMessage(5006, LogLevel.Warning, "Pool {Pool}: {Count} leases did not return within {Seconds:0.#} s; their connections are closed.")]
    public static partial void Abandoned(ILogger logger, string pool, int count, double seconds);

    [LoggerMessage(5007, LogLevel.Warning, "Pool {Pool}: a listener to its instruments fails, so that its figures are not complete: {Fault}")]
    public static partial void ListenerFails(ILogger logger, string pool, string fault);
}
