using System.Text;
using HdrHistogram;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>A result's histograms as one of HdrHistogram's log files (<c>.hlog</c>), which its own and other tools read: nanoseconds, with maxima in milliseconds.</summary>
internal static class HistogramLog
{
    /// <summary>
    /// Writes a line for each histogram that has something in it: latency of all without a tag and of a target with its name as tag;
    /// <c>service</c>, <c>connect</c>, <c>service:TARGET</c> and <c>connect:TARGET</c>; <c>send-lag</c>.
    /// </summary>
    public static void Write(RunResult result, TextWriter writer)
    {
        var start = result.StartedAt.ToUnixTimeMilliseconds();
        var histograms = new List<HistogramBase>();
        foreach (var (tag, latency) in Parts(result))
        {
            if (latency.Histogram.Length is 0 || Histograms.Decode(latency.Histogram) is not { TotalCount: > 0 } histogram) continue;
            histogram.StartTimeStamp = start;
            histogram.EndTimeStamp = start + (long)Math.Round(result.Seconds * 1000);
            if (tag.Length > 0) histogram.Tag = tag;
            histograms.Add(histogram);
        }

        using var stream = new MemoryStream();
        HistogramLogWriter.Write(stream, result.StartedAt.UtcDateTime, [.. histograms]);

        // The library writes UTF-16, which no other reader of these files expects.
        using var reader = new StreamReader(new MemoryStream(stream.ToArray()), Encoding.Unicode);
        while (reader.ReadLine() is { } line) writer.Write(line + "\n");
    }

    private static IEnumerable<(string Tag, LatencyFigures Latency)> Parts(RunResult result)
    {
        yield return ("", result.Total.Latency);
        foreach (var target in result.Targets) yield return (Tag(target.Target), target.Figures.Latency);
        yield return ("service", result.Total.ServiceTime);
        foreach (var target in result.Targets) yield return (Tag($"service:{target.Target}"), target.Figures.ServiceTime);
        yield return ("connect", result.Total.ConnectTime);
        foreach (var target in result.Targets) yield return (Tag($"connect:{target.Target}"), target.Figures.ConnectTime);
        yield return ("send-lag", result.Generator.SendLag);
    }

    // A tag ends at a comma, and has no space in it.
    private static string Tag(string name) => string.Concat(name.Select(c => c is ',' || char.IsWhiteSpace(c) || char.IsControl(c) ? '_' : c));
}
