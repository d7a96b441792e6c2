using System.Text;
using CsCheck;
using HdrHistogram;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed class HistogramLogTests
{
    [Fact]
    public void EveryCountComesBack_WithItsTag() => RunGen.Run.Sample(
        run =>
        {
            var back = Read(Written(run));
            (string Tag, LatencyFigures Latency)[] expected =
            [
                ("", run.Total.Latency), .. run.Targets.Select(t => (Clean(t.Target), t.Figures.Latency)),
                ("service", run.Total.ServiceTime), .. run.Targets.Select(t => ("service:" + Clean(t.Target), t.Figures.ServiceTime)),
                ("connect", run.Total.ConnectTime), .. run.Targets.Select(t => ("connect:" + Clean(t.Target), t.Figures.ConnectTime)),
            ];
            var there = expected.Where(e => e.Latency.Count > 0).ToArray();
            Assert.Equal(there.Select(e => e.Tag), back.Select(h => h.Tag ?? ""));
            foreach (var (histogram, latency) in back.Zip(there, (h, e) => (h, e.Latency)))
            {
                Assert.Equal(Counts(Histograms.Decode(latency.Histogram)), Counts(histogram));
                Assert.Equal(run.StartedAt.ToUnixTimeMilliseconds(), histogram.StartTimeStamp);
                Assert.Equal((long)(run.Seconds * 1000), histogram.EndTimeStamp - histogram.StartTimeStamp);
            }
        },
        iter: 40);

    // As the log processors of other languages want it.
    [Fact]
    public void IsTextInUtf8_WithNanosecondsAsMilliseconds()
    {
        var lines = Encoding.UTF8.GetString(Written(SampleRuns.Small())).Split('\n');
        Assert.Equal("#[Histogram log format version 1.3]", lines[0]);
        Assert.StartsWith("#[StartTime: 1773480413.000 (seconds since epoch)", lines[1]);
        Assert.Equal("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"", lines[2]);
        Assert.StartsWith("1773480413.000,1.000,4.0", lines[3]);
        Assert.StartsWith("Tag=127.0.0.1:7000,1773480413.000,1.000,4.0", lines[4]);
    }

    [Fact]
    public void TextOfAHistogramIsTheHistogram() => Gen.Long[1, Histograms.Longest].Array[0, 50].Sample(values =>
    {
        var histogram = SampleRuns.Empty();
        foreach (var value in values) histogram.Record(value);
        Assert.Equal(Counts(histogram.ToHdr()), Counts(Histograms.Decode(Histograms.Encode(histogram.ToHdr()))));
    });

    // More than the 8 KiB that the library's own reader takes.
    [Fact]
    public void LineOfAnyLengthHasEveryCount()
    {
        var run = SampleRuns.Ramp();
        var line = Encoding.UTF8.GetString(Written(run)).Split('\n')[3].Split(',');
        Assert.True(line[3].Length > 11_000);
        Assert.Equal(Counts(Histograms.Decode(run.Total.Latency.Histogram)), Counts(Histograms.Decode(line[3])));
    }

    private static byte[] Written(RunResult run)
    {
        var text = new StringWriter();
        HistogramLog.Write(run, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<HistogramBase> Read(byte[] log)
    {
        using var reader = new HistogramLogReader(new MemoryStream(log));
        return [.. reader.ReadHistograms()];
    }

    private static (long Value, long Count)[] Counts(HistogramBase histogram) => [.. histogram.RecordedValues().Select(v => (v.ValueIteratedTo, v.CountAtValueIteratedTo))];

    private static string Clean(string name) => string.Concat(name.Select(c => c is ',' || char.IsWhiteSpace(c) || char.IsControl(c) ? '_' : c)).Replace('\ud800', '\uFFFD');
}
