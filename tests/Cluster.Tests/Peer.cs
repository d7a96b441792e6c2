using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests;

/// <summary>The other end of a connection. Every wait has a time-out that says what did not come. Text stands for bytes (Latin-1).</summary>
internal sealed class Peer : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _input;

    private Peer(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _input = PipeReader.Create(_stream);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Peer> ConnectAsync(EndPoint address, EndPoint? from = null)
    {
        var socket = address is IPEndPoint
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (from is not null) socket.Bind(from);
        try
        {
            await socket.ConnectAsync(address, Cancelled).AsTask().WithinAsync($"a connection to {address}");
            return new Peer(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static byte[] Frame(byte[] payload)
    {
        var frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame, 4);
        return frame;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan? limit = null) =>
        _stream.WriteAsync(bytes, Cancelled).AsTask().WithinAsync($"the gateway to take {bytes.Length} bytes", limit);

    /// <summary>No more messages; the echoes still come.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Cuts the connection with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Receives up to an LF, which is left out.</summary>
    public async Task<string> ReceiveLineAsync()
    {
        while (true)
        {
            var read = await _input.ReadAsync(Cancelled).AsTask().WithinAsync("a line from the gateway");
            if (System.Buffers.BuffersExtensions.PositionOf(read.Buffer, (byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                _input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted) Assert.Fail($"The connection ended before a line did, with '{Encoding.Latin1.GetString(read.Buffer)}'.");
            _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var read = await _input.ReadAtLeastAsync(count, Cancelled).AsTask().WithinAsync($"{count} bytes from the gateway");
        Assert.True(read.Buffer.Length >= count, $"The connection ended after {read.Buffer.Length} bytes of {count}.");
        var bytes = System.Buffers.BuffersExtensions.ToArray(read.Buffer.Slice(0, count));
        _input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Receives everything up to the gateway's FIN; a reset is an exception.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var rest = new MemoryStream();
        await _input.CopyToAsync(rest, Cancelled).WithinAsync("the gateway to end the connection");
        return rest.ToArray();
    }

    /// <summary>Receives a refusal of <c>length-prefixed</c>, and the end.</summary>
    public async Task<string> ReceiveRefusalAsync()
    {
        var frame = await ReceiveToEndAsync();
        var prefix = BinaryPrimitives.ReadUInt32BigEndian(frame);
        Assert.Equal(0x8000_0000, prefix & 0x8000_0000);
        Assert.Equal(frame.Length - 4, (int)(prefix & 0x7FFF_FFFF));
        return Encoding.UTF8.GetString(frame.AsSpan(4));
    }

    /// <summary>Sends a line and wants it back.</summary>
    public async Task EchoLineAsync(string text)
    {
        await SendAsync(text + "\n");
        Assert.Equal(text, await ReceiveLineAsync());
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
        catch (IOException)
        {
            return sent;
        }

        Assert.Fail($"The gateway took {sent} bytes without an objection.");
        return sent;
    }

    public void Dispose() => _socket.Dispose();
}
