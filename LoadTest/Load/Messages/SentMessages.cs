using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Wire;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>
/// The messages of one connection: due, sent, and back. A message is made when there is room to send it, and again when its echo comes.
/// </summary>
/// <param name="run">What all connections share.</param>
/// <param name="framing">What is around a message.</param>
internal sealed class SentMessages(RunContext run, WireFraming framing)
{
    private readonly byte[] _owner = new byte[MessageStamp.OwnerLength];
    private MessageRing _ring = new();

    /// <summary>The number of the connection.</summary>
    public long Connection { get; private set; }

    /// <summary>The number after the last message that is due.</summary>
    public long Due => _ring.End;

    /// <summary>The number after the last message that was sent.</summary>
    public long Sent { get; private set; }

    /// <summary>The number of the message whose echo is next.</summary>
    public long Next { get; private set; }

    /// <summary>What all messages of the connection begin with.</summary>
    public ReadOnlySpan<byte> Owner => _owner;

    /// <summary>Begins with a connection.</summary>
    /// <param name="connection">Its number.</param>
    public void Begin(long connection)
    {
        MessageStamp.WriteOwner(_owner, run.Text.Run, connection);
        Connection = connection;
        _ring.Clear();
        Sent = Next = 0;
    }

    /// <summary>Another message is due.</summary>
    /// <param name="intended">When it should be sent, as a timestamp.</param>
    /// <param name="size">Its size on the wire, in bytes.</param>
    public void Add(long intended, int size) => _ring.Add(intended, size);

    /// <summary>What is known of a message that is not back.</summary>
    public ref MessageRing.SentMessage At(long sequence) => ref _ring.At(sequence);

    /// <summary>The echoes of all before this number need not be waited for any more.</summary>
    public void GoOnTo(long next) => _ring.ForgetBefore(Next = next);

    /// <summary>Makes as many of the messages that are due as there is room for.</summary>
    /// <param name="room">Where to; at least the longest message fits.</param>
    /// <returns>How many bytes.</returns>
    public int Write(Span<byte> room)
    {
        var length = 0;
        for (var now = run.Now; Sent < Due; Sent++)
        {
            ref var message = ref At(Sent);
            if (length + message.Size > room.Length) break;
            var frame = room.Slice(length, message.Size);
            message.Checksum = run.Text.Write(frame[framing.Before..^framing.After], _owner, Sent);
            framing.Wrap(frame);
            message.Sent = now;
            length += message.Size;
        }

        return length;
    }

    /// <summary>Counts a message that never came back, by when it was due and, where it was sent, by when that was.</summary>
    public void CountMissing(in MessageRing.SentMessage message, LoadCounts counts)
    {
        counts.MissingSinceDue.Add(run.Nanoseconds(0, message.Intended));
        if (message.Sent is not 0) counts.MissingSinceSent.Add(run.Nanoseconds(0, message.Sent));
    }

    /// <summary>Makes the message whose echo is next again.</summary>
    /// <param name="frame">As long as it is.</param>
    public void WriteNext(Span<byte> frame)
    {
        run.Text.Write(frame[framing.Before..^framing.After], _owner, Next, At(Next).Checksum);
        framing.Wrap(frame);
    }
}
