using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>The gateway's end of a connection that never leaves the process: a test says what it does.</summary>
internal sealed class ScriptedPeer(IFrameCodec codec)
{
    private readonly Pipe _toGateway = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 0));
    private int _scanned;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The client's end.</summary>
    public Stream ForClient => new DuplexStream(_toClient.Reader, _toGateway.Writer, () => ClientWrites?.Invoke());

    /// <summary>Called for each write of the client, in the thread that writes.</summary>
    public Action? ClientWrites { get; set; }

    /// <summary>The next message; null when the client has closed.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        while (true)
        {
            var read = await _toGateway.Reader.ReadAsync(Stop).AsTask().WithinAsync("a message of the client");
            if (TryTake(read.Buffer, out var payload, out var consumed))
            {
                _toGateway.Reader.AdvanceTo(consumed);
                return payload;
            }

            _toGateway.Reader.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    /// <summary>Waits until the client has closed, whatever it sends before.</summary>
    public async Task ClosedAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    /// <summary>Echoes one message.</summary>
    public async Task<string> EchoOneAsync()
    {
        var message = await ReceiveAsync() ?? throw new IOException("The client has closed.");
        await SendAsync(Frame(message));
        return Encoding.Latin1.GetString(message);
    }

    /// <summary>Echoes until the end.</summary>
    public async Task EchoAllAsync()
    {
        while (await ReceiveAsync() is { } message) await SendAsync(Frame(message));
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _toClient.Writer.WriteAsync(bytes, Stop);

    /// <summary>Says why, and closes.</summary>
    public async Task RefuseAsync(string reason, string text = "")
    {
        var output = new ArrayBufferWriter<byte>();
        codec.TryWriteRefusal(output, reason, text);
        await SendAsync(output.WrittenMemory);
        Finish();
    }

    /// <summary>FIN.</summary>
    public void Finish() => _toClient.Writer.Complete();

    /// <summary>Takes no more bytes: the client's next write fails.</summary>
    public void StopReading() => _toGateway.Reader.Complete();

    /// <summary>RST.</summary>
    public void Reset()
    {
        _toClient.Writer.Complete(new IOException("reset"));
        _toGateway.Reader.Complete();
    }

    public byte[] Frame(ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Write(output, payload);
        return output.WrittenSpan.ToArray();
    }

    private bool TryTake(in ReadOnlySequence<byte> buffer, out byte[] payload, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        var isThere = codec.TryRead(ref reader, int.MaxValue - 1, ref _scanned, out var bytes) is FrameStatus.Complete;
        (payload, consumed) = (isThere ? bytes.ToArray() : [], reader.Position);
        return isThere;
    }
}
