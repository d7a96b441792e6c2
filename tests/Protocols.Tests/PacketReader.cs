using System.Buffers;

namespace OrleansEcho.Protocols.Tests;

/// <summary>Reads a stream as the pump does: bytes arrive in packets; what is not consumed stays, and <c>scanned</c> with it.</summary>
internal sealed class PacketReader(IFrameCodec codec, int maxPayload, params IReadOnlyList<int> segmentSizes)
{
    private byte[] _unread = [];
    private int _scanned;

    /// <summary>The payloads read so far.</summary>
    public List<byte[]> Payloads { get; } = [];

    /// <summary>What the codec said last.</summary>
    public FrameStatus Status { get; private set; } = FrameStatus.NeedMoreData;

    /// <summary>The bytes that were not consumed: at the stream's end, a truncated frame.</summary>
    public int UnreadBytes => _unread.Length;

    /// <summary>A packet arrives.</summary>
    public void Receive(ReadOnlyMemory<byte> packet)
    {
        _unread = [.. _unread, .. packet.Span];
        var reader = new SequenceReader<byte>(Segments.Cut(_unread, segmentSizes));
        do
        {
            var reading = FrameReading.Next(codec, ref reader, maxPayload, ref _scanned);
            Status = reading.Status;
            if (Status is FrameStatus.Complete) Payloads.Add(reading.Payload);
        }
        while (Status is FrameStatus.Complete);

        _unread = _unread[(int)reader.Consumed..];
    }

    /// <summary>The whole stream arrives in packets of these sizes; nothing is read behind a frame that is too long.</summary>
    public PacketReader ReceiveAll(ReadOnlyMemory<byte> stream, IReadOnlyList<int> packetSizes)
    {
        foreach (var packet in Segments.Pieces(stream, packetSizes))
        {
            if (Status is FrameStatus.TooLong) break;
            Receive(packet);
        }

        return this;
    }
}
