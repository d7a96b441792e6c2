using Microsoft.Extensions.Logging;

namespace OrleansEcho.Silo.Kubernetes;

/// <summary>
/// The list of silos as the package's agent may see it. The agent looks for a pod's silo by its name, and takes the first: pods of a StatefulSet
/// have the names of those before them, so that it would find one that is dead already. And it declares every silo dead that has no pod with the
/// right labels when it starts: a mistake in a label would take a whole cluster down, and what was gone before is found by probes.
/// </summary>
/// <param name="inner">The list of silos.</param>
/// <param name="condemn">Hears of a silo that is gone for certain, before it is declared dead.</param>
/// <param name="logger">The log.</param>
internal sealed partial class PodMembership(IClusterMembershipService inner, Action<SiloAddress> condemn, ILogger<PodMembership> logger) : IClusterMembershipService
{
    private volatile bool _watches;

    public ClusterMembershipSnapshot CurrentSnapshot
    {
        get
        {
            var all = inner.CurrentSnapshot;
            return new(all.Members.RemoveRange(all.Members.Where(silo => silo.Value.Status is SiloStatus.Dead).Select(silo => silo.Key)), all.Version);
        }
    }

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => inner.MembershipUpdates;

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => inner.Refresh(minimumVersion, cancellationToken);

    /// <summary>From now on a silo is said to be gone because its pod was seen going.</summary>
    public void Watch() => _watches = true;

    public async Task<bool> TryKill(SiloAddress siloAddress)
    {
        if (!_watches) return false;
        Log.Gone(logger, inner.CurrentSnapshot.Members.GetValueOrDefault(siloAddress)?.Name ?? "?", siloAddress.Endpoint);
        condemn(siloAddress);
        return await inner.TryKill(siloAddress);
    }

    private static partial class Log
    {
        [LoggerMessage(4031, LogLevel.Warning, "Pod {Pod} is gone: its silo {Silo} is declared dead.")]
        public static partial void Gone(ILogger logger, string pod, System.Net.IPEndPoint silo);
    }
}
