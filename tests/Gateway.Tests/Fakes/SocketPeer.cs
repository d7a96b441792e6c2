using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using OrleansEcho.Gateway.Adapters.Tcp;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A peer with a real socket.</summary>
internal sealed class SocketPeer : IDisposable
{
    private readonly Socket _socket;
    private long _discarded;
    private int _sent;

    private SocketPeer(Socket socket) => _socket = socket;

    public EndPoint? Address => _socket.LocalEndPoint;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Connects to a listener.</summary>
    public static Task<SocketPeer> ConnectAsync(StreamListener listener)
    {
        Assert.True(ListenAddress.TryParse(listener.Address, out var bound, out var fault), fault);
        return ConnectAsync(ListenAddress.Reachable(bound));
    }

    public static async Task<SocketPeer> ConnectAsync(EndPoint address, EndPoint? source = null)
    {
        var socket = address is IPEndPoint
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (source is not null) socket.Bind(source);
        await socket.ConnectAsync(address, Stop).AsTask().WithinAsync("a connection");
        return new SocketPeer(socket);
    }

    /// <summary>How many of the bytes that were sent the gateway's kernel has acknowledged.</summary>
    public int Arrived => Volatile.Read(ref _sent) - Unacknowledged;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _socket.SendAsync(bytes, Stop).AsTask().WithinAsync("the gateway to take bytes");
            Interlocked.Add(ref _sent, sent);
            bytes = bytes[sent..];
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Waits until the gateway's kernel has all that was sent: until it has acknowledged it. Nobody need have read it there.</summary>
    public Task UntilArrivedAsync() => Deadline.UntilAsync(() => Task.FromResult(Unacknowledged is 0), "the gateway's kernel to acknowledge what was sent");

    /// <summary>Sends urgent data, which a receive stops short of.</summary>
    public void SendUrgent(byte mark) => Assert.Equal(1, _socket.Send([mark], SocketFlags.OutOfBand));

    /// <summary>Sends, and reads nothing, until the gateway cuts the connection or takes nothing for a second, an eternity on a loopback.</summary>
    public async Task SendUntilBlockedOrCutAsync(ReadOnlyMemory<byte> bytes)
    {
        using var blocked = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        try
        {
            while (true)
            {
                blocked.CancelAfter(TimeSpan.FromSeconds(1));
                await _socket.SendAsync(bytes, blocked.Token);
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException && !Stop.IsCancellationRequested)
        {
            // All buffers on the way are full, or there is no way any more.
        }
    }

    /// <summary>Sends FIN.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Receives as many bytes, as text.</summary>
    public async Task<string> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await _socket.ReceiveAsync(bytes.AsMemory(at), Stop).AsTask().WithinAsync($"{count - at} more bytes");
            if (received is 0) throw new IOException($"The gateway finished {count - at} bytes early, after '{Encoding.Latin1.GetString(bytes, 0, at)}'.");
            at += received;
        }

        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Receives until the gateway's FIN.</summary>
    public async Task<string> ReceiveAllAsync()
    {
        var text = new StringBuilder();
        var bytes = new byte[64 * 1024];
        while (await _socket.ReceiveAsync(bytes, Stop).AsTask().WithinAsync("more bytes, or the gateway's FIN") is var received and > 0)
        {
            text.Append(Encoding.Latin1.GetString(bytes, 0, received));
        }

        return text.ToString();
    }

    /// <summary>Receives and forgets, until the connection ends in whichever way.</summary>
    public async Task DiscardAsync()
    {
        var bytes = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(bytes, Stop) is var received and > 0) Interlocked.Add(ref _discarded, received);
        }
        catch (SocketException)
        {
            // It was reset.
        }
    }

    /// <summary>Waits until so many bytes have been discarded.</summary>
    public Task UntilDiscardedAsync(long count) => Deadline.UntilAsync(() => Task.FromResult(Interlocked.Read(ref _discarded) >= count), $"{count} bytes");

    public void Dispose() => _socket.Dispose();

    private int Unacknowledged
    {
        get
        {
            const nuint BytesToSend = 0x5411; // SIOCOUTQ
            Assert.Equal(0, IoControl((int)_socket.Handle, BytesToSend, out var count));
            return count;
        }
    }

    [DllImport("libc", EntryPoint = "ioctl")]
    private static extern int IoControl(int descriptor, nuint request, out int value);
}
