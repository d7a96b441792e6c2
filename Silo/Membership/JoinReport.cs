using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo.Membership;

/// <summary>Says whom a silo that joins its cluster waits for: Orleans lets it in when all silos answer that have given a sign of life lately.</summary>
internal sealed partial class JoinReport(ISiloStatusOracle oracle, IOptions<ClusterIdentityOptions> identity, IOptions<ClusterMembershipOptions> terms, TimeProvider time, ILogger<JoinReport> logger) : BackgroundService
{
    // A start without trouble is shorter, and one with trouble should not be silent for long.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Interval, time);
        try
        {
            while (await rounds.WaitForNextTickAsync(stoppingToken) && oracle.CurrentStatus is SiloStatus.None or SiloStatus.Created or SiloStatus.Joining)
            {
                var others = oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(oracle.SiloAddress)).ToList();
                if (others.Count > 0) Log.Joining(logger, identity.Value.ClusterId, string.Join(", ", others.Select(silo => silo.Endpoint)), (terms.Value.IAmAliveTablePublishTimeout * terms.Value.NumMissedTableIAmAliveLimit).TotalSeconds);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4021, LogLevel.Information, "Joining cluster {Cluster}: waiting for {Silos} to answer. A silo that is gone is waited for until {Seconds:0.#} s after its last sign of life.")]
        public static partial void Joining(ILogger logger, string cluster, string silos, double seconds);
    }
}
