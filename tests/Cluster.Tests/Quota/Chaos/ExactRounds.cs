using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>When all faults are over: as many as the limit allows are admitted, not one less, not one more.</summary>
internal sealed class ExactRounds(ChaosCluster cluster, HoldAudit audit)
{
    // A few more than the limit: what they are told is looked at.
    private const int TooMany = 20;

    /// <summary>Opens more connections than the limit allows, checks who is admitted and what everybody says, and closes them.</summary>
    /// <param name="where">The gateway of each connection, by its number.</param>
    /// <param name="start">When a connection began to be refused although there is a permit for it.</param>
    /// <param name="limit">For how long it may be.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task RunAsync(Func<int, int> where, long start, TimeSpan limit, CancellationToken cancellationToken)
    {
        var admitted = 0;
        var took = TimeSpan.Zero;
        var listeners = cluster.Listeners;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, ChaosCluster.Limit + TooMany).Select(OpenAsync));
        var clients = outcomes.Select(o => o.Client).OfType<EchoClient>().ToList();
        try
        {
            // 1. Exactly so many, and the others know why.
            cluster.Say(string.Create(CultureInfo.InvariantCulture, $"{clients.Count} connections are admitted, the last after {took.TotalSeconds:0.00} s; {Words(outcomes)}"));
            Assert.Equal(ChaosCluster.Limit, clients.Count);
            Assert.All(outcomes.Where(o => o.Client is null), o => Assert.Equal("QuotaExceeded", o.Refusal));

            // 2. Each of them, while all of them are there.
            var answers = await Task.WhenAll(clients.Select((c, i) => c.EchoAsync($"all are here {i}", cancellationToken)));
            Assert.All(answers, a => Assert.Equal(Answer.Echo, a));

            // 3. What the cluster says of itself.
            await SumIsAsync(ChaosCluster.Limit, cluster.Gateways, "echo_gateway_quota_open");
            await SumIsAsync(ChaosCluster.Limit, cluster.Silos, "echo_quota_permits_leased");
            await SumIsAsync(ChaosCluster.Limit, cluster.Silos, "echo_quota_permits_in_use");
        }
        finally
        {
            foreach (var client in clients) client.Close(resets: false);
        }

        await SumIsAsync(0, cluster.Gateways, "echo_gateway_quota_open");

        async Task<(EchoClient? Client, string Refusal)> OpenAsync(int number)
        {
            var (name, address) = listeners[where(number)];
            var backoff = new Backoff(new Random(number));
            while (true)
            {
                var isLastTry = Volatile.Read(ref admitted) >= ChaosCluster.Limit || TimeProvider.System.GetElapsedTime(start) > limit;
                var client = new EchoClient(audit, name, address);
                if (await client.ConnectAsync(cancellationToken) && await client.EchoAsync($"the last of them {number}", cancellationToken) is Answer.Echo)
                {
                    if (Interlocked.Increment(ref admitted) is ChaosCluster.Limit) took = TimeProvider.System.GetElapsedTime(start);
                    return (client, "");
                }

                client.Dispose();
                if (isLastTry) return (null, client.Reason);
                await Task.Delay(backoff.Next(), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Words(IEnumerable<(EchoClient? Client, string Refusal)> outcomes) => string.Join(
        ", ",
        outcomes.Where(o => o.Client is null).GroupBy(o => o.Refusal).Select(g => $"{g.Count()} {(g.Key is "" ? "without an answer" : g.Key)}"));

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
