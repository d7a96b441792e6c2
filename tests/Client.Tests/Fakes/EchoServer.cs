using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>A small echo server on real sockets, with TLS where a test wants it.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly IFrameCodec _codec;
    private readonly int _maxMessageBytes;

    public EchoServer(IFrameCodec codec, int maxMessageBytes = 64 * 1024, SslServerAuthenticationOptions? tls = null, IPAddress? here = null, int port = 0)
    {
        (_codec, _maxMessageBytes) = (codec, maxMessageBytes);
        _server = new LoopbackServer(connection => EchoAsync(connection.Stream), tls, here, port);
    }

    public string Address => $"{_server.Address}";

    public int Port => _server.Address.Port;

    /// <summary>The certificate of the client that came last; null when it had none.</summary>
    public string? ClientCertificate => _server.Clients.LastOrDefault();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task EchoAsync(Stream stream)
    {
        var reader = PipeReader.Create(stream);
        var output = new ArrayBufferWriter<byte>();
        var scanned = 0;
        while (true)
        {
            var read = await reader.ReadAsync(_server.Stopping);
            var isTooLong = !EchoFrames(read.Buffer, output, ref scanned, out var consumed);
            reader.AdvanceTo(consumed, read.Buffer.End);
            if (isTooLong) _codec.TryWriteRefusal(output, "FrameTooLong", $"a message has at most {_maxMessageBytes} bytes here");
            await stream.WriteAsync(output.WrittenMemory, _server.Stopping);
            output.ResetWrittenCount();
            if (isTooLong) await DrainAsync(stream);
            if (isTooLong || read.IsCompleted) return;
        }
    }

    // As the gateway does: bytes that are not read would reset the connection, and the reason with it.
    private async Task DrainAsync(Stream stream)
    {
        if (stream is NetworkStream network) network.Socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await stream.ReadAsync(rest, _server.Stopping) > 0)
        {
        }
    }

    private bool EchoFrames(in ReadOnlySequence<byte> buffer, ArrayBufferWriter<byte> output, ref int scanned, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (true)
        {
            var status = _codec.TryRead(ref reader, _maxMessageBytes, ref scanned, out var payload);
            consumed = reader.Position;
            if (status is not FrameStatus.Complete) return status is not FrameStatus.TooLong;
            _codec.Write(output, payload.ToArray());
        }
    }
}
