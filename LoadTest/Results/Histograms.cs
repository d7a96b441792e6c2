using HdrHistogram;
using HdrHistogram.Utilities;

namespace OrleansEcho.LoadTest.Results;

/// <summary>Histograms of nanoseconds as results hold them: compressed, in base 64.</summary>
internal static class Histograms
{
    // As much as the load tester can wait for at all.
    private const long Hour = 3_600_000_000_000;

    /// <summary>The text of a histogram, as <see cref="LatencyFigures.Histogram"/> has it.</summary>
    public static string Encode(HistogramBase histogram)
    {
        var buffer = new byte[histogram.GetNeededByteBufferCapacity() + 64]; // what does not compress grows by a few bytes
        var length = histogram.EncodeIntoCompressedByteBuffer(ByteBuffer.Allocate(buffer));
        return Convert.ToBase64String(buffer, 0, length);
    }

    /// <summary>The histogram of a text; null where the text is none. The empty text is the empty histogram.</summary>
    public static HistogramBase? TryDecode(string text)
    {
        if (text.Length is 0) return new LongHistogram(1, Hour, 3);
        try
        {
            return HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
        }
        catch (Exception)
        {
            return null; // whatever the library throws at bytes that it did not write, they are no histogram
        }
    }

    /// <summary>As <see cref="TryDecode"/>, of a text that was checked.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static HistogramBase Decode(string text) => TryDecode(text) ?? throw new FormatException("This is not a histogram of HdrHistogram's.");
}
