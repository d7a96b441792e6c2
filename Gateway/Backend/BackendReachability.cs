using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Backend;

/// <summary>Whether a silo can be reached, as its heartbeats have it: the one place where the gateway keeps that.</summary>
internal sealed partial class BackendReachability(ILogger<BackendReachability> logger)
{
    private volatile bool _isReachable;

    public bool IsReachable => _isReachable;

    /// <summary>A silo has answered.</summary>
    public void Answered(string where)
    {
        if (_isReachable) return;
        _isReachable = true;
        Log.Reached(logger, where);
    }

    /// <summary>No silo counts as reachable until one answers.</summary>
    public void Lost(string why)
    {
        if (!_isReachable) return;
        _isReachable = false;
        Log.Lost(logger, why);
    }

    /// <summary>The gateway stops: what happens to its links from now on is no news.</summary>
    public void Stop() => _isReachable = false;

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Reached a silo ({Where}): connections are accepted.")]
        public static partial void Reached(ILogger logger, string where);

        [LoggerMessage(2102, LogLevel.Warning, "No silo can be reached ({Why}). New connections are refused with BackendUnavailable, open ones wait, under a quota until their lease ends.")]
        public static partial void Lost(ILogger logger, string why);
    }
}
