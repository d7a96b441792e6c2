using System.Buffers;

namespace OrleansEcho.Protocols.Tests;

/// <summary>Builds sequences of several segments, as a pipe hands them out when bytes arrive in several packets.</summary>
internal static class Segments
{
    /// <summary>A sequence with these segments; empty ones are allowed, as in a sequence.</summary>
    public static ReadOnlySequence<byte> Of(params IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        Segment? first = null, last = null;
        foreach (var memory in segments)
        {
            last = new Segment(memory, last);
            first ??= last;
        }

        return last is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first!, 0, last, last.Memory.Length);
    }

    /// <summary>The bytes in segments of these sizes, which are repeated as long as bytes are left.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, params IReadOnlyList<int> sizes) => Of(Pieces(bytes, sizes));

    /// <summary>The same bytes in one piece, byte by byte, with empty segments, and cut once at every offset.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> Shapes(ReadOnlyMemory<byte> bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        yield return Cut(bytes, 1);
        yield return Cut(bytes, 0, 1, 0, 2);
        for (var offset = 1; offset < bytes.Length; offset++) yield return Of(bytes[..offset], bytes[offset..]);
    }

    /// <summary>The bytes in pieces of these sizes, repeated as long as bytes are left; one of them at least is above 0.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> bytes, IReadOnlyList<int> sizes)
    {
        for (int at = 0, piece = 0; at < bytes.Length; piece++)
        {
            var size = Math.Min(sizes[piece % sizes.Count], bytes.Length - at);
            yield return bytes.Slice(at, size);
            at += size;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
