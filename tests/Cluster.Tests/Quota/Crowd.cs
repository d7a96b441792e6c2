using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>Connections that were admitted and echo, and what the others were told.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50); // as a client would that wants in

    private readonly List<Peer> _peers = [];
    private readonly List<string> _refusals = [];

    /// <summary>How many connections were admitted and have not been closed.</summary>
    public int Count => _peers.Count;

    /// <summary>How long the first of them was refused.</summary>
    public TimeSpan FirstAdmittedAfter { get; private set; }

    /// <summary>What each refused one was told: one word.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>Those that were admitted, in the order of the gateways that they were opened at.</summary>
    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Opens connections at once, one at each of the gateways. One that is told to try again later does so for a while.</summary>
    /// <param name="gateways">Where, once for each connection.</param>
    /// <param name="retryFor">For how long; not at all when null.</param>
    public static async Task<Crowd> OpenAsync(IEnumerable<EndPoint> gateways, TimeSpan? retryFor = null)
    {
        var crowd = new Crowd();
        try
        {
            foreach (var (peer, refusal, took) in await Task.WhenAll(gateways.Select(g => TryAsync(g, retryFor ?? TimeSpan.Zero))))
            {
                if (peer is not null && (crowd.Count is 0 || took < crowd.FirstAdmittedAfter)) crowd.FirstAdmittedAfter = took;
                if (peer is not null) crowd._peers.Add(peer);
                else crowd._refusals.Add(refusal);
            }

            return crowd;
        }
        catch
        {
            crowd.Dispose();
            throw;
        }
    }

    /// <summary>Opens connections at once at one gateway.</summary>
    public static Task<Crowd> OpenAsync(int count, EndPoint gateway, TimeSpan? retryFor = null) =>
        OpenAsync(Enumerable.Repeat(gateway, count), retryFor);

    /// <summary>One more connection, after all others.</summary>
    public async Task JoinAsync(EndPoint gateway, TimeSpan retryFor)
    {
        var (peer, refusal, _) = await TryAsync(gateway, retryFor);
        if (peer is not null) _peers.Add(peer);
        else _refusals.Add(refusal);
    }

    private static async Task<(Peer? Peer, string Refusal, TimeSpan Took)> TryAsync(EndPoint gateway, TimeSpan retryFor)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (peer, refusal) = await TryAsync(gateway);
            var took = TimeProvider.System.GetElapsedTime(start);
            if (peer is not null || refusal is not ("QuotaExceeded" or "QuotaUnavailable" or "BackendUnavailable") || took > retryFor)
            {
                return (peer, refusal, took);
            }

            await Task.Delay(RetryPause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <returns>The peer when it was admitted; otherwise the reason that it was told.</returns>
    public static async Task<(Peer? Peer, string Refusal)> TryAsync(EndPoint gateway)
    {
        var peer = await Peer.ConnectAsync(gateway);
        try
        {
            try
            {
                await peer.SendAsync("may I?\n");
            }
            catch (SocketException)
            {
                // Refused and closed before we asked: the reason is still to be read.
            }

            var answer = await peer.ReceiveLineAsync();
            if (answer is "may I?") return (peer, "");
            Assert.StartsWith("-ERR ", answer, StringComparison.Ordinal);
            peer.Dispose();
            return (null, answer.Split(' ')[1]);
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Sends something over each connection and wants it back.</summary>
    public Task EchoAsync(string text) => Task.WhenAll(_peers.Select((peer, i) => peer.EchoLineAsync($"{text} {i}")));

    /// <summary>Closes so many connections in order: the gateway has let go of them when this is done.</summary>
    public async Task CloseAsync(int count)
    {
        var leaving = _peers.Take(count).ToList();
        _peers.RemoveRange(0, leaving.Count);
        foreach (var peer in leaving) peer.Finish();
        foreach (var peer in leaving)
        {
            Assert.Empty(await peer.ReceiveAllAsync());
            peer.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var peer in _peers) peer.Dispose();
        _peers.Clear();
    }
}
