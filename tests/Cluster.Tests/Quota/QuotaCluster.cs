using System.Globalization;
using System.Net;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>One silo with a limit of ten, and gateways, on short leases: what takes a lease takes seconds.</summary>
internal sealed class QuotaCluster
{
    public const int Limit = 10;

    /// <summary>How often gateways renew.</summary>
    public static readonly TimeSpan Renew = TimeSpan.FromSeconds(1);

    /// <summary>What a wait may take longer than the protocol needs, because the machine is busy.</summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromSeconds(4);

    /// <summary>For how long a free permit may be refused, or waited for, because another gateway holds it idle (docs/quota.md).</summary>
    public static readonly TimeSpan Bound = Renew + Allowance;

    private readonly TimeSpan _lease;

    public QuotaCluster(Func<EchoProcess, EchoProcess> own, TimeSpan lease, IReadOnlyList<string> silo, IReadOnlyList<string> gateway,
        int gateways = 2, TimeSpan? renew = null)
    {
        _lease = lease;
        var seconds = lease.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        Silo = new SiloNode(NodePlace.Here, own,
            ["--quota", $"{Limit}", $"--Quota:LeaseSeconds={seconds}", $"--Quota:RenewSeconds={(renew ?? Renew).TotalSeconds}", .. silo]);
        Gateways = [.. Enumerable.Range(1, gateways)
            .Select(i => new GatewayNode(NodePlace.Here, own, [Silo], [$"--Gateway:Name=g{i}", .. gateway]))];
    }

    public SiloNode Silo { get; }

    public IReadOnlyList<GatewayNode> Gateways { get; }

    /// <summary>The first gateway's listener.</summary>
    public EndPoint First => Gateways[0].Line;

    /// <summary>The second gateway's listener.</summary>
    public EndPoint Second => Gateways[1].Line;

    /// <summary>How long the silo waits for the lease of one that is gone: the clocks of both may be wrong (docs/quota.md).</summary>
    public TimeSpan LeaseOnEveryClock => _lease * 1.05 / 0.95 * 1.01;

    /// <summary>Starts all of it, and waits until a connection is admitted at each gateway.</summary>
    public async Task StartAsync()
    {
        await Task.WhenAll([Silo.StartAsync(), .. Gateways.Select(g => g.StartAsync())]);
        // Without a store it lends nothing for so long.
        await Task.WhenAll(Gateways.Select(g => AdmittedAsync(1, g.Line, LeaseOnEveryClock + Deadline.Generous)));
    }

    /// <summary>Waits until a gateway admits so many connections at once.</summary>
    /// <returns>How long that took.</returns>
    public static async Task<TimeSpan> AdmittedAsync(int count, EndPoint gateway, TimeSpan? limit = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Deadline.UntilAsync(
            async () =>
            {
                using var crowd = await Crowd.OpenAsync(count, gateway);
                var all = crowd.Count == count;
                await crowd.CloseAsync(crowd.Count); // so that they are free again, and not a moment later
                return all;
            },
            $"{count} connections to be admitted at {gateway}",
            limit);
        return TimeProvider.System.GetElapsedTime(start);
    }
}
