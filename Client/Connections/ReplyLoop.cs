using System.Buffers;
using System.IO.Pipelines;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>Reads what the gateway sends, until the end, and says why it was the end.</summary>
/// <param name="stream">Where from.</param>
/// <param name="codec">The framing.</param>
/// <param name="maxMessageBytes">The longest message that was sent.</param>
/// <param name="takeEcho">Is given each frame; false when it is not the echo that is owed.</param>
internal sealed class ReplyLoop(Stream stream, IFrameCodec codec, int maxMessageBytes, ReplyLoop.EchoTaker takeEcho)
{
    private readonly int _maxFrame = Math.Max(maxMessageBytes, RefusalReader.MostLine);
    private int _scanned;
    private bool _hasEchoed;

    /// <summary>Takes a frame that may be an echo.</summary>
    internal delegate bool EchoTaker(in ReadOnlySequence<byte> payload);

    public async Task<SessionEnd> RunAsync(CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var end = Take(read.Buffer, read.IsCompleted, out var consumed);
                reader.AdvanceTo(consumed, read.Buffer.End);
                if (end is not null) return end;
            }
        }
        catch (Exception fault)
        {
            // Whatever a stream throws, and TLS has exceptions of its own: it is the end, and those who wait have to hear of it.
            return new SessionEnd.Lost("it was reset", fault);
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private SessionEnd? Take(in ReadOnlySequence<byte> buffer, bool isAll, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (true)
        {
            var status = codec.TryRead(ref reader, _maxFrame, ref _scanned, out var payload);
            consumed = reader.Position;
            if (status is FrameStatus.Complete)
            {
                if (takeEcho(payload))
                {
                    _hasEchoed = true;
                    continue;
                }

                if (codec == Framings.Line && RefusalReader.ReadLine(payload, _hasEchoed) is { } refusal) return refusal;
                return new SessionEnd.Nonsense(RefusalReader.Describe(payload, codec));
            }

            if (status is FrameStatus.TooLong)
            {
                if (codec != Framings.LengthPrefixed) return new SessionEnd.Nonsense(RefusalReader.Describe(reader.UnreadSequence, codec));
                if (RefusalReader.TryReadPrefixed(reader.UnreadSequence, isAll, _hasEchoed, out var told))
                    return told ?? (SessionEnd)new SessionEnd.Nonsense(RefusalReader.Describe(reader.UnreadSequence, codec));
            }

            if (!isAll) return null;
            return reader.End ? new SessionEnd.Lost("the gateway closed it without a reason", null) : new SessionEnd.Nonsense(RefusalReader.Describe(reader.UnreadSequence, codec));
        }
    }
}
