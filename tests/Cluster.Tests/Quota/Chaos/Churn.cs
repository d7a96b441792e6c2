using System.Net;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>More clients than the limit has room for: each connects somewhere, echoes for a while, leaves, and comes again.</summary>
internal sealed class Churn(HoldAudit audit, IReadOnlyList<(string Name, EndPoint Address)> gateways, int seed)
{
    /// <summary>Runs so many clients until it is cancelled.</summary>
    public Task RunAsync(int clients, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, clients)
            .Select(i => Task.Run(() => RunAsync(new Random(HashCode.Combine(seed, i)), i, cancellationToken), CancellationToken.None)));

    /// <summary>Waits; false when it is cancelled.</summary>
    internal static async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync(Random random, int number, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(random);
        for (var life = 1; !cancellationToken.IsCancellationRequested; life++)
        {
            var (name, address) = gateways[random.Next(gateways.Count)];
            using var client = new AuditedPeer(audit, name, address);
            if (await client.ConnectAsync(cancellationToken))
            {
                audit.Ended(await LiveAsync(client, random, $"{number}.{life}", cancellationToken));
                if (client.IsAdmitted) backoff.Reset();
                client.Close(resets: random.Next(2) is 0);
            }
            else
            {
                audit.Ended("NotConnected");
            }

            if (!await PauseAsync(backoff.Next(), cancellationToken)) return;
        }
    }

    private static async Task<string> LiveAsync(AuditedPeer client, Random random, string name, CancellationToken cancellationToken)
    {
        var life = TimeSpan.FromSeconds(0.2 + (random.NextDouble() * 9.8));
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 1; TimeProvider.System.GetElapsedTime(start) < life; i++)
        {
            var answer = await client.EchoAsync($"{name}.{i} {new string('x', random.Next(60))}", cancellationToken);
            if (answer is not PeerAnswer.Echo)
            {
                return cancellationToken.IsCancellationRequested
                    ? "Test" : client.Reason is { Length: > 0 } reason ? reason : answer.ToString();
            }

            if (!await PauseAsync(TimeSpan.FromMilliseconds(random.Next(150, 250)), cancellationToken)) return "Test";
        }

        return "Left";
    }
}
