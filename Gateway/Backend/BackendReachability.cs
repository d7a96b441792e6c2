using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// Whether a silo can be reached, as the last news has it: the one place where the gateway keeps that. An answered ping is good news;
/// a lost connection is bad news, and so is a call that got no answer until a ping has settled it.
/// </summary>
internal sealed partial class BackendReachability(ILogger<BackendReachability> logger) : IDisposable
{
    private readonly SemaphoreSlim _doubts = new(0, 1);
    private volatile bool _isReachable;

    public bool IsReachable => _isReachable;

    /// <summary>The number of silos that the gateway has a connection to has changed.</summary>
    public void Connected(int silos)
    {
        if (silos > 0) return; // a connection alone proves nothing
        Lost("the last connection to one is gone");
        Doubt();
    }

    /// <summary>A call got no answer in time.</summary>
    public void Doubt()
    {
        if (_doubts.CurrentCount > 0) return;
        try
        {
            _doubts.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else had the same doubt at the same moment.
        }
    }

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

    /// <summary>The gateway stops: what happens to its connections to silos from now on is no news.</summary>
    public void Stop() => _isReachable = false;

    /// <summary>Waits until there is reason to ask a silo for a sign of life.</summary>
    public Task WaitForDoubtAsync(CancellationToken cancellationToken) => _doubts.WaitAsync(cancellationToken);

    public void Dispose() => _doubts.Dispose();

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Reached a silo ({Where}): connections are accepted.")]
        public static partial void Reached(ILogger logger, string where);

        [LoggerMessage(2102, LogLevel.Warning, "No silo can be reached: {Why}. New connections are refused with BackendUnavailable, open ones wait, under a quota until their lease ends.")]
        public static partial void Lost(ILogger logger, string why);
    }
}
