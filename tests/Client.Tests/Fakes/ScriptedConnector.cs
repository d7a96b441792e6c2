using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using OrleansEcho.Client.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>Makes connections that never leave the process, to gateways that a test can switch off.</summary>
internal sealed class ScriptedConnector(IFrameCodec codec) : IConnector
{
    private readonly Channel<ScriptedPeer> _peers = Channel.CreateUnbounded<ScriptedPeer>();
    private readonly ConcurrentDictionary<string, int> _attempts = [];

    /// <summary>What a gateway does with a connection; echoes until the end unless a test says otherwise.</summary>
    public Func<ScriptedPeer, Task> Script { get; set; } = static peer => peer.EchoAllAsync();

    /// <summary>Addresses at which nobody listens.</summary>
    public ConcurrentDictionary<string, bool> Down { get; } = [];

    /// <summary>Addresses that never answer.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = [];

    public int Attempts(string endPoint) => _attempts.GetValueOrDefault(endPoint);

    /// <summary>Waits for the next connection's other end.</summary>
    public Task<ScriptedPeer> NextPeerAsync() => _peers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("a connection");

    public async ValueTask<Stream> ConnectAsync(EndPoint endPoint, string host, CancellationToken cancellationToken)
    {
        var address = endPoint.ToString()!;
        _attempts.AddOrUpdate(address, 1, static (_, count) => count + 1);
        if (Silent.ContainsKey(address)) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        if (Down.ContainsKey(address)) throw new SocketException((int)SocketError.ConnectionRefused);
        var peer = new ScriptedPeer(codec);
        _ = Script(peer);
        _peers.Writer.TryWrite(peer);
        return peer.ForClient;
    }
}
