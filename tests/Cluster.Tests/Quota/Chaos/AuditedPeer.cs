using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>What a message was answered.</summary>
internal enum Answer
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
/// One connection that tells the audit what it gets. Hundreds of them live in one process, so it is lighter than <see cref="Peer"/>, and
/// faults are nothing unusual for it.
/// </summary>
internal sealed class AuditedPeer(HoldAudit audit, string gateway, EndPoint address) : IDisposable
{
    // Longer than a gateway's call to a lost silo waits, shorter than anybody's patience with the test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[512];
    private int _filled;
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
            await _socket.ConnectAsync(address, patience.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends a line and waits for what comes.</summary>
    public async Task<Answer> EchoAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = Limit(cancellationToken);
            var sent = TimeProvider.System.GetTimestamp();
            await SendAsync(text + "\n", patience.Token);
            var line = await ReceiveLineAsync(patience.Token);
            if (line == text)
            {
                if (_firstEcho is 0)
                {
                    _firstEcho = TimeProvider.System.GetTimestamp();
                    audit.Admitted(gateway);
                }

                _lastSent = sent;
                audit.Echoed();
                return Answer.Echo;
            }

            if (line is null) return Answer.Nothing;
            if (!line.StartsWith("-ERR ", StringComparison.Ordinal))
            {
                audit.GotWrongBytes(text, line);
                return Answer.Wrong;
            }

            Reason = line.Split(' ')[1];
            return Answer.Refusal;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return Answer.Nothing;
        }
    }

    /// <summary>Closes the connection, in order or with a reset, and tells the audit how long it was held.</summary>
    public void Close(bool resets)
    {
        if (resets) _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose()
    {
        if (_firstEcho is not 0) audit.Held(gateway, _firstEcho, _lastSent);
        _firstEcho = 0;
        _socket.Dispose();
    }

    private async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        }
        catch (SocketException)
        {
            // Refused and closed before we asked: the reason may still be there to read.
        }
    }

    private async Task<string?> ReceiveLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = Array.IndexOf(_buffer, (byte)'\n', 0, _filled);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, 0, end);
                _filled -= end + 1;
                Buffer.BlockCopy(_buffer, end + 1, _buffer, 0, _filled);
                return line;
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), cancellationToken);
            if (read is 0) return null;
            _filled += read;
        }
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
