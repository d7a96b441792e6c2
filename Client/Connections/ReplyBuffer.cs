using System.Buffers;

namespace OrleansEcho.Client.Connections;

/// <summary>
/// The bytes that a request is owed. They are copied when it is sent and compared when its echo comes, so that the echo, being equal,
/// needs no copy of its own: the reply is these bytes. Reused; a generation tells a reply that was returned from one that was not.
/// </summary>
internal sealed class ReplyBuffer
{
    /// <summary>What a returned buffer is filled with where that is switched on.</summary>
    public const byte Poison = 0xDD;

    /// <summary>Switches the filling on or off in a build where it is not, or is, by default.</summary>
    public const string PoisonSwitch = "OrleansEcho.Client.PoisonReturnedBuffers";

    /// <summary>Whether the build fills them: a release build does not pay for the faults that a debug build finds.</summary>
#if DEBUG
    public const bool PoisonsByDefault = true;
#else
    public const bool PoisonsByDefault = false;
#endif

    private static readonly ReusePool<ReplyBuffer> Unused = new(static () => new ReplyBuffer());

    private byte[] _bytes = [];
    private int _length;
    private int _generation;

    private ReplyBuffer()
    {
    }

    /// <summary>Whether returned buffers are filled with <see cref="Poison"/>.</summary>
    public static bool Poisons { get; } = AppContext.TryGetSwitch(PoisonSwitch, out var isOn) ? isOn : PoisonsByDefault;

    /// <summary>Changes with every return: what was handed out for one generation is of no use in the next.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Takes a buffer and fills it.</summary>
    public static ReplyBuffer Rent(ReadOnlySpan<byte> payload)
    {
        var buffer = Unused.Take();
        buffer._bytes = payload.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(payload.Length);
        buffer._length = payload.Length;
        payload.CopyTo(buffer._bytes);
        return buffer;
    }

    /// <summary>The bytes.</summary>
    /// <param name="generation">The one that they were handed out for.</param>
    /// <exception cref="ObjectDisposedException">They were returned since.</exception>
    public ReadOnlyMemory<byte> Read(int generation)
    {
        ObjectDisposedException.ThrowIf(generation != Generation, typeof(EchoReply));
        return _bytes.AsMemory(0, _length);
    }

    /// <summary>Whether bytes from the wire are those that are owed.</summary>
    public bool Matches(in ReadOnlySequence<byte> payload)
    {
        if (payload.Length != _length) return false;
        var at = 0;
        foreach (var segment in payload)
        {
            if (!segment.Span.SequenceEqual(_bytes.AsSpan(at, segment.Length))) return false;
            at += segment.Length;
        }

        return true;
    }

    /// <summary>Gives the bytes back; once for a generation, and nothing happens when it is over.</summary>
    public void Return(int generation)
    {
        if (Interlocked.CompareExchange(ref _generation, generation + 1, generation) != generation) return;
        var bytes = _bytes;
        (_bytes, _length) = ([], 0);
        if (bytes.Length > 0)
        {
            if (Poisons) bytes.AsSpan().Fill(Poison);
            ArrayPool<byte>.Shared.Return(bytes);
        }

        Unused.Give(this);
    }
}
