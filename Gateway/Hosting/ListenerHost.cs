using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Adapters;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>Starts all listeners, and drains the gateway before anything else of the process stops.</summary>
internal sealed partial class ListenerHost(
    IEnumerable<IProtocolAdapter> adapters,
    ConnectionAdmission admission,
    ConnectionRegistry registry,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<ListenerHost> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly List<IListener> _listeners = [];

    /// <summary>The listeners that have been bound.</summary>
    public IReadOnlyList<IListener> Listeners => _listeners;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in adapters.SelectMany(a => a.CreateListeners()))
        {
            _listeners.Add(listener);
            await listener.StartAsync(cancellationToken);
            Log.Listening(logger, listener.Name, listener.Address, listener.Protocol);
        }
    }

    /// <summary>Drains: runs before the host stops its services, so that silo, backend and health endpoint still work.</summary>
    /// <remarks>1. Not ready, refuse, unbind. 2. Leave connections alone. 3. Ask them to close. 4. Abort.</remarks>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // 1. From here on readiness fails, and what the kernel has accepted already is refused with a reason.
        admission.Drain();
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopped = Task.WhenAll(_listeners.Select(l => l.StopAsync(abort.Token)));

        // 2. Peers may finish by themselves.
        if (registry.Count > 0 && options.Value.DrainWait > TimeSpan.Zero) Log.Draining(logger, registry.Count, options.Value.DrainWaitSeconds);
        await registry.WaitUntilEmptyAsync(options.Value.DrainWait, cancellationToken);

        // 3. Each connection handles what has arrived and says goodbye.
        if (registry.Count > 0) Log.Closing(logger, registry.Count, options.Value.DrainTimeoutSeconds);
        registry.RequestCloseAll();

        // 4. Those that do not take their last echoes are aborted, and have another second to notice.
        using var deadline = new CancellationTokenSource(options.Value.DrainTimeout, time);
        await using var aborting = deadline.Token.UnsafeRegister(
            _ =>
            {
                if (registry.Count > 0) Log.Aborting(logger, registry.Count);
                abort.Cancel();
            },
            null);
        await stopped;
        Log.Drained(logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners) await listener.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Information, "Listener {Listener} accepts on {Address} ({Protocol}).")]
        public static partial void Listening(ILogger logger, string listener, string address, string protocol);

        [LoggerMessage(2202, LogLevel.Information, "Draining: {Count} connections are open and have {Seconds} s to finish by themselves.")]
        public static partial void Draining(ILogger logger, int count, double seconds);

        [LoggerMessage(2203, LogLevel.Information, "Draining: {Count} connections are asked to close within {Seconds} s.")]
        public static partial void Closing(ILogger logger, int count, double seconds);

        [LoggerMessage(2204, LogLevel.Warning, "Draining: {Count} connections did not end in time and are aborted.")]
        public static partial void Aborting(ILogger logger, int count);

        [LoggerMessage(2205, LogLevel.Information, "Drained.")]
        public static partial void Drained(ILogger logger);
    }
}
