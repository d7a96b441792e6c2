using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace OrleansEcho.Testing;

/// <summary>
/// A client's end of a connection, with a real socket. Every wait has a time-out that says what did not come, but for those of the methods
/// that wait until a token is cancelled: an end is an answer there. Text stands for bytes (Latin-1). A reset is a
/// <see cref="SocketException"/>.
/// </summary>
public sealed class Peer : IDisposable
{
    // How long a send that no buffer on a loopback has room for waits until it counts as blocked.
    private static readonly TimeSpan BlockedAfter = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private byte[] _buffer = []; // what was received after a line's end is from _start to _end; many never read a line
    private int _start;
    private int _end;
    private long _discarded;
    private int _sent;

    private Peer(Socket socket) => _socket = socket;

    /// <summary>Where it is.</summary>
    public EndPoint? Address => _socket.LocalEndPoint;

    /// <summary>How many of the bytes that were sent the gateway's kernel has acknowledged.</summary>
    public int Arrived => Volatile.Read(ref _sent) - Unacknowledged;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private int Unacknowledged
    {
        get
        {
            const nuint BytesToSend = 0x5411; // SIOCOUTQ
            Assert.Equal(0, IoControl((int)_socket.Handle, BytesToSend, out var count));
            return count;
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="from">Where from; anywhere when null.</param>
    public static Task<Peer> ConnectAsync(EndPoint address, EndPoint? from = null) => ConnectAsync(
        address, from, (socket, to) => socket.ConnectAsync(to, Cancelled).AsTask().WithinAsync($"a connection to {to}"));

    /// <summary>Connects, without another time-out than the token's.</summary>
    public static Task<Peer> ConnectUntilAsync(EndPoint address, CancellationToken cancellation) => ConnectAsync(
        address, null, (socket, to) => socket.ConnectAsync(to, cancellation).AsTask());

    /// <summary>A message of <c>length-prefixed</c>.</summary>
    public static byte[] Frame(byte[] payload)
    {
        var frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>Sends text.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan? limit = null) =>
        SendUntilAsync(bytes, Cancelled).WithinAsync($"the gateway to take {bytes.Length} bytes", limit);

    /// <summary>Sends bytes, without another time-out than the token's.</summary>
    public async Task SendUntilAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _socket.SendAsync(bytes, cancellation);
            Interlocked.Add(ref _sent, sent);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Sends text, as far as the gateway does not cut the connection.</summary>
    public async Task TrySendAsync(string text)
    {
        try
        {
            await SendAsync(text);
        }
        catch (SocketException)
        {
            // It was cut.
        }
    }

    /// <summary>
    /// Waits until the gateway's kernel has all that was sent: until it has acknowledged it. Nobody need have read it there.
    /// </summary>
    public Task UntilArrivedAsync() =>
        Deadline.UntilAsync(() => Task.FromResult(Unacknowledged is 0), "the gateway's kernel to acknowledge what was sent");

    /// <summary>Sends urgent data, which a receive stops short of.</summary>
    public void SendUrgent(byte mark) => Assert.Equal(1, _socket.Send([mark], SocketFlags.OutOfBand));

    /// <summary>
    /// Sends, and reads nothing, until the gateway cuts the connection or takes nothing for a second, an eternity on a loopback.
    /// </summary>
    public async Task SendUntilBlockedOrCutAsync(ReadOnlyMemory<byte> bytes)
    {
        using var blocked = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        try
        {
            while (true)
            {
                blocked.CancelAfter(BlockedAfter);
                await _socket.SendAsync(bytes, blocked.Token);
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException && !Cancelled.IsCancellationRequested)
        {
            // All buffers on the way are full, or there is no way any more.
        }
    }

    /// <summary>Sends for as long as the gateway takes it.</summary>
    /// <returns>How many bytes it took until it cut the connection.</returns>
    public async Task<long> FloodAsync(ReadOnlyMemory<byte> chunk, long limit)
    {
        long sent = 0;
        try
        {
            for (; sent < limit; sent += chunk.Length) await SendAsync(chunk);
        }
        catch (SocketException)
        {
            return sent;
        }

        Assert.Fail($"The gateway took {sent} bytes without an objection.");
        return sent;
    }

    /// <summary>Sends FIN: no more messages, the echoes still come.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends FIN, unless the gateway has cut the connection.</summary>
    public void TryFinish()
    {
        try
        {
            Finish();
        }
        catch (SocketException)
        {
            // It was cut.
        }
    }

    /// <summary>Sends RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Sends a line and wants it back.</summary>
    public async Task EchoLineAsync(string text)
    {
        await SendAsync(text + "\n");
        Assert.Equal(text, await ReceiveLineAsync());
    }

    /// <summary>Receives up to an LF, which is left out.</summary>
    public async Task<string> ReceiveLineAsync()
    {
        var line = await ReceiveLineUntilAsync(Cancelled).WithinAsync("a line from the gateway");
        if (line is null)
        {
            Assert.Fail($"The connection ended before a line did, with '{Encoding.Latin1.GetString(_buffer, _start, _end - _start)}'.");
        }

        return line;
    }

    /// <summary>Receives up to an LF, which is left out; null when the connection ends before.</summary>
    public async Task<string?> ReceiveLineUntilAsync(CancellationToken cancellation)
    {
        for (var searched = 0; ;)
        {
            var end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, searched + end);
                _start += searched + end + 1;
                return line;
            }

            searched = _end - _start;
            MakeRoom();
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellation);
            if (received is 0) return null;
            _end += received;
        }
    }

    /// <summary>Receives as many bytes, as text.</summary>
    public async Task<string> ReceiveAsync(int count) => Encoding.Latin1.GetString(await ReceiveBytesAsync(count));

    /// <summary>Receives as many bytes.</summary>
    public async Task<byte[]> ReceiveBytesAsync(int count)
    {
        var bytes = await ReceiveUntilAsync(count, Cancelled).WithinAsync($"{count} bytes from the gateway");
        if (bytes.Length < count)
        {
            Assert.Fail($"The connection ended {count - bytes.Length} bytes early, after '{Encoding.Latin1.GetString(bytes)}'.");
        }

        return bytes;
    }

    /// <summary>Receives as many bytes, or fewer when the connection ends before.</summary>
    public async Task<byte[]> ReceiveUntilAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        var filled = TakeBuffered(bytes);
        while (filled < count)
        {
            var received = await _socket.ReceiveAsync(bytes.AsMemory(filled), cancellation);
            if (received is 0) return bytes[..filled];
            filled += received;
        }

        return bytes;
    }

    /// <summary>Receives as many bytes, as text: fewer when the gateway finishes or cuts the connection before.</summary>
    public async Task<string> TryReceiveAsync(int count)
    {
        var text = new StringBuilder();
        var bytes = new byte[64 * 1024];
        try
        {
            while (count > text.Length)
            {
                var received = await _socket.ReceiveAsync(bytes.AsMemory(0, Math.Min(bytes.Length, count - text.Length)), Cancelled)
                    .AsTask().WithinAsync("more bytes, or the end");
                if (received is 0) break;
                text.Append(Encoding.Latin1.GetString(bytes, 0, received));
            }
        }
        catch (SocketException)
        {
            // It was cut.
        }

        return text.ToString();
    }

    /// <summary>Receives until the gateway's FIN, as text.</summary>
    public async Task<string> ReceiveAllAsync() => Encoding.Latin1.GetString(await ReceiveAllBytesAsync());

    /// <summary>Receives a refusal of <c>length-prefixed</c>, and the end.</summary>
    public async Task<string> ReceiveRefusalAsync()
    {
        var frame = await ReceiveAllBytesAsync();
        var prefix = BinaryPrimitives.ReadUInt32BigEndian(frame);
        Assert.Equal(0x8000_0000, prefix & 0x8000_0000);
        Assert.Equal(frame.Length - 4, (int)(prefix & 0x7FFF_FFFF));
        return Encoding.UTF8.GetString(frame.AsSpan(4));
    }

    /// <summary>Receives and forgets, until the connection ends in whichever way.</summary>
    public async Task DiscardAsync()
    {
        var bytes = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(bytes, Cancelled) is var received and > 0) Interlocked.Add(ref _discarded, received);
        }
        catch (SocketException)
        {
            // It was reset.
        }
    }

    /// <summary>Waits until so many bytes have been discarded.</summary>
    public Task UntilDiscardedAsync(long count) =>
        Deadline.UntilAsync(() => Task.FromResult(Interlocked.Read(ref _discarded) >= count), $"{count} bytes");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static async Task<Peer> ConnectAsync(EndPoint address, EndPoint? from, Func<Socket, EndPoint, Task> connect)
    {
        var socket = address is IPEndPoint
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (from is not null) socket.Bind(from);
            await connect(socket, address);
            return new Peer(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<byte[]> ReceiveAllBytesAsync() => ReceiveToEndAsync().WithinAsync("the gateway to end the connection");

    private async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        all.Write(_buffer, _start, _end - _start);
        _start = _end;
        var bytes = new byte[64 * 1024];
        while (await _socket.ReceiveAsync(bytes, Cancelled) is var received and > 0) all.Write(bytes, 0, received);
        return all.ToArray();
    }

    /// <summary>Takes what was received with a line before.</summary>
    /// <returns>How many bytes that were.</returns>
    private int TakeBuffered(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        var rest = _buffer.AsSpan(_start, _end - _start);
        var next = 2 * rest.Length >= _buffer.Length ? new byte[Math.Max(256, 2 * _buffer.Length)] : _buffer;
        rest.CopyTo(next);
        (_buffer, _start, _end) = (next, 0, rest.Length);
    }

    [DllImport("libc", EntryPoint = "ioctl")]
    private static extern int IoControl(int descriptor, nuint request, out int value);
}
