using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// Keeps the Orleans client connected without anybody waiting for it: the gateway starts, listens and answers health checks while no
/// silo is there, and recovers by itself.
/// </summary>
/// <remarks>
/// 1. Start the Orleans client, again and again, until it has found a silo.
/// 2. Ping until a silo answers, so that "reachable" means that grains run. (The client reconnects only for a call.)
/// 3. Wait for a doubt: the client's last connection is gone, or a call got no answer. Three pings settle it.
/// </remarks>
internal sealed partial class ClusterConnector(
    IHostedService orleansClient,
    IServiceProvider services,
    BackendReachability reachability,
    IOptions<ClusterBackendOptions> options,
    IOptions<ClusterIdentityOptions> identity,
    TimeProvider time,
    ILogger<ClusterConnector> logger) : BackgroundService, IClientConnectionRetryFilter
{
    // Each goes to another silo where there are several: one that is frozen must not speak for all.
    private const int PingsThatSettleADoubt = 3;
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2); // a loaded silo answers in milliseconds
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500); // a person who starts the silo second should not wait
    private const string HangsUp = "it hangs up, as a silo of another cluster does (Cluster:ClusterId)";
    private long _lastSaid;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await orleansClient.StartAsync(stoppingToken);
            await PingAsync(int.MaxValue, stoppingToken);
            while (true)
            {
                reachability.Answered(options.Value.Silos);
                await reachability.WaitForDoubtAsync(stoppingToken);
                if (await PingAsync(PingsThatSettleADoubt, stoppingToken)) continue;
                reachability.Lost("none answers");
                await PingAsync(int.MaxValue, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        finally
        {
            reachability.Stop();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await orleansClient.StopAsync(cancellationToken);
    }

    /// <summary>The Orleans client asks whether to try its first connection again: always, until the gateway stops.</summary>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        SayWhatIsMissing(exception);
        await Task.Delay(RetryDelay, time, cancellationToken);
        return true;
    }

    /// <summary>Pings until a silo answers; false when none has after so many tries.</summary>
    private async Task<bool> PingAsync(int tries, CancellationToken cancellationToken)
    {
        var backend = services.GetRequiredService<IBackend>(); // not before: it needs the client that this class starts
        for (var i = 1; ; i++)
        {
            try
            {
                using var timeout = new CancellationTokenSource(PingTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
                await backend.PingAsync(either.Token);
                return true;
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                if (i >= tries) return false;
                if (!reachability.IsReachable) SayWhatIsMissing(fault);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private void SayWhatIsMissing(Exception fault)
    {
        var now = time.GetTimestamp();
        if (_lastSaid is not 0 && time.GetElapsedTime(_lastSaid, now) < options.Value.WaitingLogInterval) return;
        _lastSaid = now;
        Log.Waiting(logger, identity.Value.ClusterId, options.Value.Silos, Explain(fault));
    }

    private static string Explain(Exception fault)
    {
        while (fault.InnerException is { } inner) fault = inner; // Orleans' outer exceptions say only that it failed
        return fault switch
        {
            BackendUnavailableException or OperationCanceledException { CancellationToken.IsCancellationRequested: true } => "it does not answer",
            OperationCanceledException => HangsUp,
            _ when fault.Message.StartsWith("Connection terminated", StringComparison.Ordinal) => HangsUp,
            _ => fault.Message.Split(", will retry")[0].TrimEnd('.'), // we do that ourselves
        };
    }

    private static partial class Log
    {
        [LoggerMessage(2103, LogLevel.Warning, "Waiting for a silo of cluster {Cluster} at {Silos} (Backend:Silos): {Fault}. Until one is there ('dotnet run -c Release --project Silo' starts one here), connections are refused with BackendUnavailable.")]
        public static partial void Waiting(ILogger logger, string cluster, string silos, string fault);
    }
}
