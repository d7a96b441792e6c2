using System.Buffers.Binary;
using System.IO.Compression;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace OrleansEcho.LoadTest.Results;

/// <summary>Histograms of nanoseconds as results hold them: HdrHistogram's compressed V2 encoding, in base 64.</summary>
internal static class Histograms
{
    /// <summary>The longest time that histograms take, in nanoseconds: from 2^41 (36 minutes) on the library's buckets are wrong.</summary>
    public const long Longest = 1_800_000_000_000;

    /// <summary>How many digits of a time are kept.</summary>
    public const int Digits = 3;

    // The cookie of the compressed encoding, and the length of what is compressed.
    private const int HeaderBytes = 8;

    /// <summary>The text of a histogram, as <see cref="LatencyFigures.Histogram"/> has it.</summary>
    public static string Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity() + 64); // what does not compress grows by a few bytes
        var bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (var i = 0; i < bytes.Length; i++) bytes[i] = buffer.Get(); // a buffer keeps its array to itself
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The histogram of a text; null where the text is none. The empty text is the empty histogram.</summary>
    public static HistogramBase? TryDecode(string text)
    {
        if (text.Length is 0) return new LongHistogram(1, Longest, Digits);
        try
        {
            return HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(Inflate(Convert.FromBase64String(text))), 0, null);
        }
        catch (Exception)
        {
            return null; // whatever the library throws at bytes that it did not write, they are no histogram
        }
    }

    /// <summary>As <see cref="TryDecode"/>, of a text that was checked.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static HistogramBase Decode(string text) => TryDecode(text) ?? throw new FormatException("This is not a histogram of HdrHistogram's.");

    // The library takes what the first read of a stream gives for all there is, which it is up to 8 KiB only.
    private static byte[] Inflate(byte[] bytes)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4));
        using var inflated = new MemoryStream();
        using (var stream = new ZLibStream(new MemoryStream(bytes, HeaderBytes, length), CompressionMode.Decompress)) stream.CopyTo(inflated);
        return inflated.ToArray();
    }
}
