using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// Whether a silo can be reached, as the last news has it: silos are connected, and one of them has answered since the first of them
/// was. The one place where the gateway keeps that.
/// </summary>
internal sealed partial class BackendReachability(ILogger<BackendReachability> logger) : IDisposable
{
    private readonly SemaphoreSlim _lost = new(0, 1);
    private volatile int _connectedSilos;
    private volatile bool _answered;

    public bool IsReachable => _answered && _connectedSilos > 0;

    /// <summary>The number of silos that the gateway has a connection to has changed.</summary>
    public void Connected(int silos)
    {
        var before = Interlocked.Exchange(ref _connectedSilos, silos);
        if (silos > 0 || before is 0) return;
        if (_answered) Log.Lost(logger);
        lock (_lost)
        {
            if (_lost.CurrentCount is 0) _lost.Release();
        }
    }

    /// <summary>A silo has answered.</summary>
    public void Answered(string where)
    {
        if (_answered) return;
        _answered = true;
        Log.Reached(logger, where);
    }

    /// <summary>Ends when the last connection to a silo is gone; what was known until then no longer counts.</summary>
    public async Task WaitUntilLostAsync(CancellationToken cancellationToken)
    {
        await _lost.WaitAsync(cancellationToken);
        Forget();
    }

    /// <summary>No silo counts as reachable until one answers again.</summary>
    public void Forget() => _answered = false;

    public void Dispose() => _lost.Dispose();

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Reached a silo ({Where}): connections are accepted.")]
        public static partial void Reached(ILogger logger, string where);

        [LoggerMessage(2102, LogLevel.Warning, "Lost the last silo: new connections are refused with BackendUnavailable, open ones wait for it.")]
        public static partial void Lost(ILogger logger);
    }
}
