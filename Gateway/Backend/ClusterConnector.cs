using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// Keeps the Orleans client connected without anybody waiting for it: the gateway starts, listens and answers health checks while no
/// silo is there, and recovers by itself.
/// </summary>
/// <remarks>
/// 1. Start the Orleans client, again and again, until it has found a silo.
/// 2. Ping, so that "connected" means that grains run.
/// 3. Wait until the client says that its last connection is gone; then ping until one answers (the client reconnects only for a call).
/// </remarks>
internal sealed partial class ClusterConnector(
    IHostedService orleansClient,
    IServiceProvider services,
    BackendReachability reachability,
    IOptions<BackendOptions> options,
    TimeProvider time,
    ILogger<ClusterConnector> logger) : BackgroundService, IClientConnectionRetryFilter
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500); // a person who starts the silo second should not wait
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSaid;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await orleansClient.StartAsync(stoppingToken);
            while (true)
            {
                await PingUntilAnsweredAsync(stoppingToken);
                reachability.Answered(options.Value.Silos);
                await reachability.WaitUntilLostAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        finally
        {
            reachability.Forget(); // so that the end of the connections below is no news
            _ended.SetResult();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _ended.Task.WaitAsync(cancellationToken);
        await orleansClient.StopAsync(cancellationToken);
    }

    /// <summary>The Orleans client asks whether to try its first connection again: always, until the gateway stops.</summary>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        SayWhatIsMissing();
        await Task.Delay(RetryDelay, time, cancellationToken);
        return true;
    }

    private async Task PingUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        var backend = services.GetRequiredService<IBackend>(); // not before: it needs the client that this class starts
        while (true)
        {
            try
            {
                await backend.PingAsync(cancellationToken);
                return;
            }
            catch (BackendUnavailableException)
            {
                SayWhatIsMissing();
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private void SayWhatIsMissing()
    {
        var now = time.GetTimestamp();
        if (_lastSaid is not 0 && time.GetElapsedTime(_lastSaid, now) < options.Value.WaitingLogInterval) return;
        _lastSaid = now;
        Log.Waiting(logger, options.Value.Silos);
    }

    private static partial class Log
    {
        [LoggerMessage(2103, LogLevel.Warning, "Waiting for a silo at {Silos} (Backend:Silos); start one with 'dotnet run -c Release --project Silo'. Until then connections are refused with BackendUnavailable.")]
        public static partial void Waiting(ILogger logger, string silos);
    }
}
