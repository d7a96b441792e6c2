using System.Numerics;
using System.Runtime.CompilerServices;
using HdrHistogram;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>
/// Times in nanoseconds, in HdrHistogram's buckets of three digits, from 1 ns to <see cref="Histograms.Longest"/>; what takes longer counts as that.
/// One thread at a time may change it.
/// </summary>
/// <remarks>
/// HdrHistogram's own goes through all its 32,768 buckets to be added, emptied or asked, again for each percentile. In each second of a run that was
/// some 20 ms of a processor, which a server on the same machine waited for. This one goes once through those that are in use. What is kept of a run is
/// HdrHistogram's (<see cref="ToHdr"/>).
/// </remarks>
internal sealed class TimeHistogram
{
    // Values below 2,048 have a bucket each; from there on, each power of two has 1,024.
    private const int HalfBits = 10;
    private const int Half = 1 << HalfBits;

    private readonly long[] _counts = new long[IndexOf(Histograms.Longest) + 1];
    private int _first = int.MaxValue;
    private int _last = -1;

    /// <summary>How many times it has.</summary>
    public long TotalCount { get; private set; }

    /// <summary>Counts a time.</summary>
    /// <param name="nanoseconds">The time.</param>
    /// <param name="count">How often.</param>
    public void Record(long nanoseconds, long count = 1)
    {
        var index = IndexOf(Math.Clamp(nanoseconds, 1, Histograms.Longest));
        _counts[index] += count;
        TotalCount += count;
        if (index < _first) _first = index;
        if (index > _last) _last = index;
    }

    // These loops are long and seldom entered: a compiler that first looks how often would run its slow version for the whole of most runs.

    /// <summary>Adds what another has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(TimeHistogram other)
    {
        if (other.TotalCount is 0) return;
        var from = other._counts.AsSpan(other._first, other._last - other._first + 1);
        var to = _counts.AsSpan(other._first);
        for (var i = 0; i < from.Length; i++) to[i] += from[i];
        TotalCount += other.TotalCount;
        _first = Math.Min(_first, other._first);
        _last = Math.Max(_last, other._last);
    }

    /// <summary>Adds what was kept of another.</summary>
    public void Add(HistogramBase kept)
    {
        foreach (var bucket in kept.RecordedValues()) Record(bucket.ValueIteratedTo, bucket.CountAtValueIteratedTo);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (TotalCount is 0) return;
        Array.Clear(_counts, _first, _last - _first + 1);
        (TotalCount, _first, _last) = (0, int.MaxValue, -1);
    }

    /// <summary>The times below which shares of all lie; 0 where there are none.</summary>
    /// <param name="percents">From 0 to 100, the smallest first.</param>
    /// <param name="times">As many, in nanoseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Percentiles(ReadOnlySpan<double> percents, Span<long> times)
    {
        times.Clear();
        var (passed, index) = (0L, _first);
        for (var i = 0; i < percents.Length && TotalCount > 0; i++)
        {
            var wanted = Math.Max(1, (long)((percents[i] / 100 * TotalCount) + 0.5));
            while (passed < wanted) passed += _counts[index++];
            times[i] = Highest(index - 1);
        }
    }

    /// <summary>The mean and the standard deviation in nanoseconds, each time taken for the middle of its bucket; 0 where there are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (double Mean, double Deviation) Spread()
    {
        if (TotalCount is 0) return (0, 0);
        var sum = 0.0;
        for (var i = _first; i <= _last; i++) sum += _counts[i] * (double)Middle(i);
        var (mean, squares) = (sum / TotalCount, 0.0);
        for (var i = _first; i <= _last; i++) squares += _counts[i] * (Middle(i) - mean) * (Middle(i) - mean);
        return (mean, Math.Sqrt(squares / TotalCount));
    }

    /// <summary>The same as HdrHistogram's.</summary>
    public LongHistogram ToHdr()
    {
        var hdr = new LongHistogram(1, Histograms.Longest, Histograms.Digits);
        for (var i = _first; i <= _last; i++)
        {
            if (_counts[i] > 0) hdr.RecordValueWithCount(Lowest(i), _counts[i]);
        }

        return hdr;
    }

    private static int IndexOf(long value)
    {
        var shift = BitOperations.Log2((ulong)value | (2 * Half - 1)) - HalfBits;
        return (shift << HalfBits) + (int)(value >> shift);
    }

    // By how many bits the values of a bucket were shortened.
    private static int ShiftOf(int index) => Math.Max(0, (index >> HalfBits) - 1);

    private static long Lowest(int index) => (long)(index - (ShiftOf(index) << HalfBits)) << ShiftOf(index);

    private static long Highest(int index) => Lowest(index) + (1L << ShiftOf(index)) - 1;

    private static long Middle(int index) => Lowest(index) + ((1L << ShiftOf(index)) >> 1);
}
