using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// Keeps a link to each silo that there should be, without anybody waiting for it: the gateway starts, listens and answers health checks while
/// no silo is there, and recovers by itself.
/// </summary>
internal sealed partial class SiloLinkKeeper(
    ISiloDirectory directory,
    Func<IPEndPoint, ISiloClient> connect,
    SiloLinks links,
    BackendReachability reachability,
    GatewayRun run,
    IOptions<ClusterBackendOptions> options,
    IOptions<ClusterIdentityOptions> identity,
    IOptions<GatewayOptions> gateway,
    TimeProvider time,
    ILogger<SiloLinkLoop> linkLogger,
    ILogger<SiloLinkKeeper> logger) : BackgroundService
{
    private readonly Dictionary<IPEndPoint, Kept> _kept = [];
    private long _lastSaid;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var rounds = new PeriodicTimer(SiloLinks.Round, time);
            do
            {
                await FollowAsync(stoppingToken);
                links.Balance();
                SayWhatIsMissing();
            }
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        finally
        {
            reachability.Stop();
            foreach (var kept in _kept.Values) await kept.EndAsync();
        }
    }

    /// <summary>Begins links to silos that are new in the directory. One that is gone from it keeps its link while it answers.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var silos = await directory.ReadAsync(cancellationToken);
        foreach (var silo in silos)
        {
            if (_kept.ContainsKey(silo)) continue;
            var loop = new SiloLinkLoop(silo, connect, links, gateway.Value.EffectiveName, run.Name, options.Value.EffectiveLanes, options.Value.Heartbeat, time, linkLogger);
            _kept.Add(silo, new Kept(loop, cancellationToken));
        }

        foreach (var (silo, kept) in _kept.Where(k => !k.Value.Loop.IsUp && !silos.Contains(k.Key)).ToList())
        {
            _kept.Remove(silo);
            await kept.EndAsync();
        }
    }

    private void SayWhatIsMissing()
    {
        if (!links.All.IsEmpty || _kept.Values.Any(k => k.Loop.Fault is null)) return;
        var now = time.GetTimestamp();
        if (_lastSaid is not 0 && time.GetElapsedTime(_lastSaid, now) < options.Value.WaitingLogInterval) return;
        _lastSaid = now;
        var faults = _kept.Count is 0 ? directory.Fault ?? "there is none in it" : string.Join("; ", _kept.Select(k => $"{k.Key}: {k.Value.Loop.Fault}"));
        Log.Waiting(logger, identity.Value.ClusterId, directory.Description, faults);
    }

    private sealed class Kept
    {
        private readonly CancellationTokenSource _end;
        private readonly Task _running;

        public Kept(SiloLinkLoop loop, CancellationToken cancellationToken)
        {
            Loop = loop;
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _running = Task.Run(() => loop.RunAsync(_end.Token), CancellationToken.None);
        }

        public SiloLinkLoop Loop { get; }

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _running;
            _end.Dispose();
            Loop.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2103, LogLevel.Warning, "Waiting for a silo of cluster {Cluster} {Silos}: {Faults}. Until one is there ('dotnet run -c Release --project Silo' starts one here), connections are refused with BackendUnavailable.")]
        public static partial void Waiting(ILogger logger, string cluster, string silos, string faults);
    }
}
