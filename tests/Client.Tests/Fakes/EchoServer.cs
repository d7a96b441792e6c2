using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>A small echo server on real sockets, with TLS where a test wants it.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly IFrameCodec _codec;
    private readonly int _maxMessageBytes;
    private readonly SslServerAuthenticationOptions? _tls;

    public EchoServer(IFrameCodec codec, int maxMessageBytes = 64 * 1024, SslServerAuthenticationOptions? tls = null, IPAddress? here = null, int port = 0)
    {
        (_codec, _maxMessageBytes, _tls) = (codec, maxMessageBytes, tls);
        _listener = new LoopbackListener(here ?? IPAddress.Loopback, ServeAsync, port);
    }

    public string Address => $"{_listener.Address}";

    public int Port => _listener.Address.Port;

    /// <summary>The certificate of the client that came last; null when it had none.</summary>
    public string? ClientCertificate { get; private set; }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var plain = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (_tls is null)
            {
                await EchoAsync(plain);
                return;
            }

            await using var secure = new SslStream(plain);
            await secure.AuthenticateAsServerAsync(_tls, _listener.Stopping);
            ClientCertificate = (secure.RemoteCertificate as X509Certificate2)?.Subject;
            await EchoAsync(secure);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // That client has gone.
        }
    }

    private async Task EchoAsync(Stream stream)
    {
        var reader = PipeReader.Create(stream);
        var output = new ArrayBufferWriter<byte>();
        var scanned = 0;
        while (true)
        {
            var read = await reader.ReadAsync(_listener.Stopping);
            var isTooLong = !EchoFrames(read.Buffer, output, ref scanned, out var consumed);
            reader.AdvanceTo(consumed, read.Buffer.End);
            if (isTooLong) _codec.TryWriteRefusal(output, "FrameTooLong", $"a message has at most {_maxMessageBytes} bytes here");
            await stream.WriteAsync(output.WrittenMemory, _listener.Stopping);
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
        while (await stream.ReadAsync(rest, _listener.Stopping) > 0)
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
