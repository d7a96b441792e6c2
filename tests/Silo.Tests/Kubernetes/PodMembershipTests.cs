using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Silo.Kubernetes;

namespace OrleansEcho.Silo.Tests.Kubernetes;

/// <summary>What the package's agent sees of the list of silos, and may say about it.</summary>
public sealed class PodMembershipTests
{
    private static readonly SiloAddress Earlier = SiloAddress.New(IPEndPoint.Parse("127.0.0.1:7001"), 1);
    private static readonly SiloAddress Later = SiloAddress.New(IPEndPoint.Parse("127.0.0.1:7001"), 2);

    private readonly KnownSilos _silos = new(new(Earlier, SiloStatus.Dead, "silo-1"), new(Later, SiloStatus.Active, "silo-1"));
    private readonly List<SiloAddress> _condemned = [];
    private readonly PodMembership _membership;

    public PodMembershipTests() => _membership = new(_silos, _condemned.Add, NullLogger<PodMembership>.Instance);

    [Fact]
    public void NameMeansTheSiloThatLives()
    {
        Assert.Equal(Later, Assert.Single(_membership.CurrentSnapshot.Members).Key);
        Assert.Equal(_silos.CurrentSnapshot.Version, _membership.CurrentSnapshot.Version);
    }

    [Fact]
    public async Task SiloWhosePodWasNotSeenGoing_IsLeftToProbes()
    {
        Assert.False(await _membership.TryKill(Later)); // the agent, at its start, of a silo without a pod of the right labels
        Assert.Empty(_silos.Killed);
        _membership.Watch();
        Assert.True(await _membership.TryKill(Later));
        Assert.Equal([Later], _silos.Killed);
        Assert.Equal([Later], _condemned);
    }

    private sealed class KnownSilos(params ClusterMember[] members) : IClusterMembershipService
    {
        public List<SiloAddress> Killed { get; } = [];

        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(members.ToImmutableDictionary(member => member.SiloAddress), new MembershipVersion(7));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress)
        {
            Killed.Add(siloAddress);
            return Task.FromResult(true);
        }
    }
}
