using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>
/// A connection without a socket: the test is the peer, and the gateway's end is an <see cref="IDuplexPipe"/>. Everything runs inline, on
/// the thread that causes it, so that what a send brings about has happened when it returns.
/// </summary>
internal sealed class PipeConnection : IDuplexPipe
{
    private readonly Pipe _toGateway;
    private readonly Pipe _toPeer;
    private readonly List<byte> _received = [];
    private Task<FlushResult> _sending = Task.FromResult(default(FlushResult));

    public PipeConnection(int bufferBytes = 64 * 1024)
    {
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: bufferBytes,
            resumeWriterThreshold: bufferBytes / 2,
            useSynchronizationContext: false);
        (_toGateway, _toPeer) = (new Pipe(options), new Pipe(options));
    }

    public PipeReader Input => _toGateway.Reader;

    public PipeWriter Output => _toPeer.Writer;

    /// <summary>Whether the transport takes no more from the peer for now.</summary>
    public bool IsSendBlocked => !_sending.IsCompleted;

    /// <summary>Whether the gateway has ended its side.</summary>
    public bool HasReceivedEnd { get; private set; }

    /// <summary>All that the peer has received, as text.</summary>
    public string ReceivedText => Encoding.Latin1.GetString([.. Receive()]);

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsSendBlocked) throw new InvalidOperationException("The transport takes nothing now.");
        _toGateway.Writer.Write(bytes);
        _sending = _toGateway.Writer.FlushAsync().AsTask();
    }

    /// <summary>Takes what the gateway has written, and answers with all so far.</summary>
    public IReadOnlyList<byte> Receive()
    {
        while (_toPeer.Reader.TryRead(out var read))
        {
            _received.AddRange(read.Buffer.ToArray());
            HasReceivedEnd = read.IsCompleted;
            _toPeer.Reader.AdvanceTo(read.Buffer.End);
            if (HasReceivedEnd) break;
        }

        return _received;
    }

    /// <summary>The peer's FIN.</summary>
    public void Finish() => _toGateway.Writer.Complete();

    /// <summary>The transport finds out, by receiving, that the peer is gone.</summary>
    public void BreakInput(Exception fault) => _toGateway.Writer.Complete(fault);

    /// <summary>The transport finds out, by sending, that the peer is gone.</summary>
    public void BreakOutput() => _toPeer.Reader.Complete();
}
