using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>When all faults are over: as many as the limit allows are held, not one less, not one more.</summary>
internal sealed class ExactRounds(ChaosCluster cluster, HoldAudit audit)
{
    // A few more than the limit: what they are told is looked at.
    private const int TooMany = 20;

    // Who is refused comes again within one and a half seconds, and a busy machine takes a moment.
    private static readonly TimeSpan ToBeSure = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Lets more connections come than the limit allows, checks who is held and what everybody says, and closes them.</summary>
    /// <param name="where">The gateway of each connection, by its number.</param>
    /// <param name="start">When a connection began to be refused although there is a permit for it.</param>
    /// <param name="limit">
    /// For how long it may be. It has until its next try on top, and twice as long as the slowest took to be told anything at all: the machine has
    /// hundreds of connections to open.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task RunAsync(Func<int, int> where, long start, TimeSpan limit, CancellationToken cancellationToken)
    {
        var listeners = cluster.Listeners;
        var guests = Enumerable.Range(0, ChaosCluster.Limit + TooMany)
            .Select(number => (listeners[where(number)], number))
            .Select(g => new Guest(audit, g.Item1.Name, g.Item1.Address, g.number))
            .ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stays = Task.WhenAll(guests.Select(g => g.StayAsync(end.Token)));
        try
        {
            await BecomeExactAsync(guests, start, limit, cancellationToken);

            // What the cluster says of itself, while all of them are there.
            await SumIsAsync(ChaosCluster.Limit, cluster.Gateways, "echo_gateway_quota_open");
            await SumIsAsync(ChaosCluster.Limit, cluster.Silos, "echo_quota_permits_leased");
            await SumIsAsync(ChaosCluster.Limit, cluster.Silos, "echo_quota_permits_in_use");
        }
        finally
        {
            await end.CancelAsync();
            await stays;
        }

        await SumIsAsync(0, cluster.Gateways, "echo_gateway_quota_open");
    }

    /// <summary>
    /// Exactly so many are in, each of them has had an echo since, and the others have been told why they are not. A gateway may have been
    /// without an answer for so long that its lease ends now: then those whom it closes come again, and it is looked at anew.
    /// </summary>
    private async Task BecomeExactAsync(List<Guest> guests, long start, TimeSpan limit, CancellationToken cancellationToken)
    {
        var came = TimeProvider.System.GetTimestamp();
        while (true)
        {
            while (guests.Count(g => g.Now.IsIn) is not ChaosCluster.Limit)
            {
                var slowest = guests.Max(g => TimeProvider.System.GetElapsedTime(came, g.FirstToldAt ?? TimeProvider.System.GetTimestamp()));
                var allowed = limit + Backoff.Most + (2 * slowest);
                if (TimeProvider.System.GetElapsedTime(start) > allowed) Assert.Fail($"Not {ChaosCluster.Limit} after {allowed.TotalSeconds:0.00} s, though nobody waited for more than {slowest.TotalSeconds:0.00} s for a first answer: {Words(guests)}.");
                await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
            }

            var reached = TimeProvider.System.GetTimestamp();
            var states = guests.ConvertAll(g => g.Now);
            while (states.Count(s => s.IsIn) is ChaosCluster.Limit)
            {
                if (states.All(s => s.AskedAt > reached && (s.IsIn || s.Refusal is "QuotaExceeded")))
                {
                    cluster.Say(string.Create(CultureInfo.InvariantCulture, $"{ChaosCluster.Limit} connections are held, the last came after {TimeProvider.System.GetElapsedTime(start, reached).TotalSeconds:0.00} s"));
                    return;
                }

                if (TimeProvider.System.GetElapsedTime(reached) > ToBeSure) Assert.Fail($"Not all have been told by {ToBeSure.TotalSeconds} s later: {Words(guests)}.");
                await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
                states = guests.ConvertAll(g => g.Now);
            }
        }
    }

    private static string Words(IEnumerable<Guest> guests) => string.Join(
        ", ",
        guests.GroupBy(g => g.Now.IsIn ? "held" : g.Now.Refusal).Select(g => $"{g.Count()} {g.Key}"));

    private static async Task SumIsAsync(int value, IReadOnlyList<Node> nodes, string metric)
    {
        var parts = Array.Empty<double>();
        try
        {
            await Deadline.UntilAsync(
                async () =>
                {
                    try
                    {
                        parts = await Task.WhenAll(nodes.Select(n => n.MetricAsync(metric)));
                        return parts.Sum() == value;
                    }
                    catch (HttpRequestException)
                    {
                        return false; // a silo that was declared dead during the faults may hear of it only now, and is started again
                    }
                },
                $"{metric} to add up to {value}",
                ChaosCluster.Lease * 2);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message} It was {string.Join(" + ", parts)} last.", fault);
        }
    }
}
