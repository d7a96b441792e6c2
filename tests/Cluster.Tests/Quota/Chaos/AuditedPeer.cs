using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>What a message was answered.</summary>
internal enum PeerAnswer
{
    Echo,

    /// <summary>The gateway said why it does not serve the connection.</summary>
    Refusal,

    /// <summary>The connection has ended, or nothing came.</summary>
    Nothing,

    /// <summary>Something else.</summary>
    Wrong,
}

/// <summary>
/// A <see cref="Peer"/> that tells the audit what it gets, and for which faults are nothing unusual.
/// </summary>
internal sealed class AuditedPeer(HoldAudit audit, string gateway, EndPoint address) : IDisposable
{
    // Longer than a gateway's call to a lost silo waits, shorter than anybody's patience with the test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private Peer? _peer;
    private long _firstEcho;
    private long _lastSent;

    /// <summary>The reason that the gateway gave; empty when it gave none.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Whether it had an echo: there was a permit for it.</summary>
    public bool IsAdmitted => _firstEcho is not 0;

    /// <summary>Connects; false when that does not work out.</summary>
    public async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var patience = Limit(cancellationToken);
            _peer = await Peer.ConnectUntilAsync(address, patience.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends a line and waits for what comes.</summary>
    public async Task<PeerAnswer> EchoAsync(string text, CancellationToken cancellationToken)
    {
        var peer = _peer ?? throw new InvalidOperationException("It is not connected.");
        try
        {
            using var patience = Limit(cancellationToken);
            var sent = TimeProvider.System.GetTimestamp();
            await SendAsync(peer, text + "\n", patience.Token);
            var line = await peer.ReceiveLineUntilAsync(patience.Token);
            if (line == text)
            {
                if (_firstEcho is 0)
                {
                    _firstEcho = TimeProvider.System.GetTimestamp();
                    audit.Admitted(gateway);
                }

                _lastSent = sent;
                audit.Echoed();
                return PeerAnswer.Echo;
            }

            if (line is null) return PeerAnswer.Nothing;
            if (!line.StartsWith("-ERR ", StringComparison.Ordinal))
            {
                audit.GotWrongBytes(text, line);
                return PeerAnswer.Wrong;
            }

            Reason = line.Split(' ')[1];
            return PeerAnswer.Refusal;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return PeerAnswer.Nothing;
        }
    }

    /// <summary>Closes the connection, in order or with a reset, and tells the audit how long it was held.</summary>
    public void Close(bool resets)
    {
        if (resets) _peer?.Reset();
        Dispose();
    }

    public void Dispose()
    {
        if (_firstEcho is not 0) audit.Held(gateway, _firstEcho, _lastSent);
        _firstEcho = 0;
        _peer?.Dispose();
    }

    private static async Task SendAsync(Peer peer, string text, CancellationToken cancellationToken)
    {
        try
        {
            await peer.SendUntilAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        }
        catch (SocketException)
        {
            // Refused and closed before we asked: the reason may still be there to read.
        }
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
