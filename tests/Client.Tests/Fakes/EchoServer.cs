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
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly IFrameCodec _codec;
    private readonly int _maxMessageBytes;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;

    public EchoServer(IFrameCodec codec, int maxMessageBytes = 64 * 1024, SslServerAuthenticationOptions? tls = null)
    {
        (_codec, _maxMessageBytes, _tls) = (codec, maxMessageBytes, tls);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>The certificate of the client that came last; null when it had none.</summary>
    public string? ClientCertificate { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptAsync(_end.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }

        await Task.WhenAll(connections);
    }

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
            await secure.AuthenticateAsServerAsync(_tls, _end.Token);
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
            var read = await reader.ReadAsync(_end.Token);
            var isTooLong = !EchoFrames(read.Buffer, output, ref scanned, out var consumed);
            reader.AdvanceTo(consumed, read.Buffer.End);
            if (isTooLong) _codec.TryWriteRefusal(output, "FrameTooLong", $"a message has at most {_maxMessageBytes} bytes here");
            await stream.WriteAsync(output.WrittenMemory, _end.Token);
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
        while (await stream.ReadAsync(rest, _end.Token) > 0)
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
