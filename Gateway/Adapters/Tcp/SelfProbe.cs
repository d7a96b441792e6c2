using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// Connects to a listener of this process and waits until it has accepted: the kernel completes a connection even when nobody accepts
/// any more, so a connect alone proves nothing. The connection is known by its source address and is neither counted nor admitted.
/// </summary>
internal sealed class SelfProbe
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _expected = new();
    private int _underWay; // so that an accept without a probe costs a read, and not the dictionary's locks

    /// <summary>Probes a listener.</summary>
    /// <exception cref="IOException">It does not accept, or this process has no descriptor for the probe.</exception>
    public async Task RunAsync(EndPoint listener, CancellationToken cancellationToken)
    {
        var source = "";
        Interlocked.Increment(ref _underWay);
        try
        {
            using var socket = listener is IPEndPoint
                ? new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(listener is IPEndPoint ip ? new IPEndPoint(ip.Address, 0) : AbstractName());
            source = Key(socket.LocalEndPoint);
            var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _expected[source] = accepted;
            await socket.ConnectAsync(listener, cancellationToken);
            await accepted.Task.WaitAsync(cancellationToken);
        }
        catch (SocketException fault)
        {
            throw new IOException($"It does not accept: {fault.SocketErrorCode}.", fault);
        }
        finally
        {
            _expected.TryRemove(source, out _);
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Whether an accepted connection is a probe's; it is told, and the connection is to be closed.</summary>
    public bool IsOwn(EndPoint? peer)
    {
        if (Volatile.Read(ref _underWay) is 0 || !_expected.TryGetValue(Key(peer), out var accepted)) return false;
        accepted.TrySetResult();
        return true;
    }

    private static UnixDomainSocketEndPoint AbstractName() => new($"\0orleansecho-probe-{Guid.NewGuid():N}");

    // A dual-mode listener sees IPv4 peers as IPv6 ones.
    private static string Key(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint ip => new IPEndPoint(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address, ip.Port).ToString(),
        _ => endPoint?.ToString() ?? "",
    };
}
