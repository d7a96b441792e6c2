using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend;

/// <summary>Whether a silo can be reached, as its heartbeats have it: the one place where the gateway keeps that.</summary>
internal sealed partial class BackendReachability(TimeProvider time, ILogger<BackendReachability> logger) : IDisposable
{
    private readonly OutageNotices _notices = new(
        time, (count, isAway) => Log.LostMore(logger, count, OutageNotices.Interval.TotalSeconds, isAway ? "None can be reached now." : "One can be reached now."), isAway: true);

    private volatile bool _isReachable;

    public bool IsReachable => _isReachable;

    /// <summary>A silo has answered.</summary>
    public void Answered(string where)
    {
        if (_isReachable) return;
        _isReachable = true;
        _notices.Back(() => Log.Reached(logger, where));
    }

    /// <summary>No silo counts as reachable until one answers.</summary>
    public void Lost(string why)
    {
        if (!_isReachable) return;
        _isReachable = false;
        _notices.Away(() => Log.Lost(logger, why));
    }

    /// <summary>The gateway stops: what happens to its links from now on is no news.</summary>
    public void Stop()
    {
        _isReachable = false;
        _notices.Dispose();
    }

    public void Dispose() => _notices.Dispose();

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Reached a silo ({Where}): connections are accepted.")]
        public static partial void Reached(ILogger logger, string where);

        [LoggerMessage(2102, LogLevel.Warning, "No silo can be reached ({Why}). New connections are refused with BackendUnavailable, open ones wait, under a quota until their lease ends.")]
        public static partial void Lost(ILogger logger, string why);

        [LoggerMessage(2110, LogLevel.Warning, "{Count} more times within {Seconds} s no silo could be reached. {Now}")]
        public static partial void LostMore(ILogger logger, int count, double seconds, string now);
    }
}
