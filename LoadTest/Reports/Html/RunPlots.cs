using HdrHistogram;
using OrleansEcho.LoadTest.Reports.Plots;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports.Html;

/// <summary>The plots of a run.</summary>
internal sealed class RunPlots
{
    // More lines than there are colours that can be told apart are drawn in one.
    private const int Colours = 8;

    private readonly RunResult _run;
    private readonly IReadOnlyList<TimelinePoint> _time;
    private readonly PlotScale _seconds;

    /// <summary>Plots of a run.</summary>
    public RunPlots(RunResult run)
    {
        _run = run;
        _time = Timeline.Of(run);
        _seconds = PlotScale.Seconds(_time.Count is 0 ? run.Seconds : _time[^1].To);
    }

    /// <summary>Messages a second, with what was intended.</summary>
    public Plot Rate()
    {
        var hasIntention = _time.Any(t => t.IntendedRate is not null);
        return OverTime(
            $"Messages a second over time: {Quantity.Rate(_run.Total.MessagesPerSecond)} on average.",
            PlotScale.FromZero(_time.Select(t => Math.Max(t.Rate, t.IntendedRate ?? 0)).DefaultIfEmpty().Max(), Quantity.Short),
            [
                .. hasIntention ? [Series("intended", "intended", t => t.IntendedRate)] : Array.Empty<PlotSeries>(),
                Series(hasIntention ? "came back" : "", "s0", t => t.Rate, PlotMark.Area),
            ],
            t => $"{Quantity.Rate(t.Rate)} messages/s" + (t.IntendedRate is { } rate ? $"\n{Quantity.Rate(rate)} intended" : ""));
    }

    /// <summary>Percentiles over time.</summary>
    public Plot Latency() => OverTime(
        $"Latency over time on a logarithmic scale; over the whole run p50 is {Quantity.Time(_run.Total.Latency.P50)} and p99 {Quantity.Time(_run.Total.Latency.P99)}.",
        PlotScale.LogTime(_time.Min(t => t.P50) ?? 1, _time.Max(t => t.Max) ?? 1),
        [
            Series("max", "pmax", t => t.Max), Series("p99.9", "p999", t => t.P999), Series("p99", "p99", t => t.P99),
            Series("p90", "p90", t => t.P90), Series("p50", "p50", t => t.P50),
        ],
        t => t.Max is null
            ? "no message"
            : $"max {Quantity.Time(t.Max.Value)}\np99.9 {Quantity.Time(t.P999!.Value)}\np99 {Quantity.Time(t.P99!.Value)}\np90 {Quantity.Time(t.P90!.Value)}\np50 {Quantity.Time(t.P50!.Value)}");

    /// <summary>Connections that are open.</summary>
    public Plot Connections() => OverTime(
        $"Open connections over time; {Quantity.Count(_run.Total.ConnectionsOpen)} at the end.",
        PlotScale.FromZero(_time.Select(t => t.ConnectionsOpen).DefaultIfEmpty().Max(), Quantity.Short, isWhole: true),
        [Series("", "s2", t => t.ConnectionsOpen, PlotMark.Area)],
        t => $"{Quantity.Of(t.ConnectionsOpen, "connection")} open\n{Quantity.Count(t.ConnectionsOpened)} opened");

    /// <summary>Errors and faults; null where there were none.</summary>
    public Plot? Errors() => _time.All(t => t.Errors + t.Faults is 0)
        ? null
        : OverTime(
            $"Errors over time: {Quantity.Of(_time.Sum(t => t.Errors), "connection")} failed, {Quantity.Of(_time.Sum(t => t.Faults), "message")} wrong.",
            PlotScale.FromZero(_time.Max(t => t.Errors + t.Faults), Quantity.Short, isWhole: true),
            [Bars("s1", t => t.Errors + t.Faults), Bars("wrong", t => t.Faults)],
            t => $"{Quantity.Of(t.Errors, "connection")} failed\n{Quantity.Of(t.Faults, "message")} wrong");

    /// <summary>Messages a second of each target.</summary>
    public Plot Targets() => OverTime(
        $"Messages a second of each gateway over time: {string.Join(", ", _run.Targets.Select(t => $"{t.Target} {Quantity.Rate(t.Figures.MessagesPerSecond)}"))}.",
        PlotScale.FromZero(_time.SelectMany(t => t.RateByTarget).DefaultIfEmpty().Max(), Quantity.Short),
        [.. _run.Targets.Select((target, i) => _run.Targets.Count > Colours ? Series("", "many", t => t.RateByTarget[i]) : Series(target.Target, $"s{i}", t => t.RateByTarget[i]))],
        t => string.Join('\n', _run.Targets.Select((target, i) => (target.Target, Rate: t.RateByTarget[i])).OrderBy(x => x.Rate).Take(20).Select(x => $"{x.Target} {Quantity.Rate(x.Rate)}/s")));

    /// <summary>How many messages took how long, in equal steps of the logarithm; null where there is no histogram.</summary>
    public Plot? Histogram()
    {
        const int Steps = 56;
        var latency = _run.Total.Latency;
        if (latency.Count is 0 || latency.Histogram.Length is 0) return null;
        var scale = PlotScale.LogTime(Math.Max(latency.Min, 0.1), latency.Max);
        var (low, high) = (scale.Ticks[0].Value, scale.Ticks[^1].Value);
        double Edge(int i) => low * Math.Pow(high / low, (double)i / Steps);
        var counts = new long[Steps];
        foreach (var value in Histograms.Decode(latency.Histogram).RecordedValues())
        {
            var at = Math.Log(Math.Max(value.ValueIteratedTo / 1000.0, low) / low) / Math.Log(high / low);
            counts[Math.Clamp((int)(at * Steps), 0, Steps - 1)] += value.CountAtValueIteratedTo;
        }

        var all = Math.Max(1.0, counts.Sum());
        return new Plot
        {
            Description = $"How many messages took how long; half of them took {Quantity.Time(latency.P50)} or less.",
            X = scale,
            Y = PlotScale.FromZero(counts.Max() / all, share => Quantity.Percent(share)),
            Series = [new PlotSeries("", "s0", [.. counts.Select((c, i) => new PlotPoint(Edge(i), c / all, Edge(i + 1) - Edge(i)))], PlotMark.Bars)],
            Tips = [.. counts.Select((c, i) => new PlotTip(Edge(i), Edge(i + 1), $"{Quantity.Time(Edge(i))} to {Quantity.Time(Edge(i + 1))}\n{Quantity.Of(c, "message")}, {Quantity.Percent(c / all)}"))],
        };
    }

    /// <summary>Latency by percentile, each nine as wide as the one before; null where there is no histogram.</summary>
    public Plot? Percentiles()
    {
        var (latency, service) = (_run.Total.Latency, _run.Total.ServiceTime);
        if (latency.Count is 0 || latency.Histogram.Length is 0) return null;
        var isSame = service.Count is 0 || service.Histogram.Length is 0 || service.Histogram == latency.Histogram;
        var points = Distribution(latency);
        var lower = isSame ? [] : Distribution(service);
        return new Plot
        {
            Description = $"Latency by percentile: p50 {Quantity.Time(latency.P50)}, p99 {Quantity.Time(latency.P99)}, p99.9 {Quantity.Time(latency.P999)}, longest {Quantity.Time(latency.Max)}.",
            X = PlotScale.Percentiles(latency.Count),
            Y = PlotScale.LogTime(Math.Max(0.1, points.Concat(lower).Min(p => p.Y)!.Value), points.Concat(lower).Max(p => p.Y)!.Value),
            Series =
            [
                .. isSame ? Array.Empty<PlotSeries>() : [new PlotSeries("service time", "s2", lower)],
                new PlotSeries(isSame ? "" : "latency", "s0", points),
            ],
            Tips = [.. points.Skip(1).Select((p, i) => new PlotTip(points[i].X, p.X, $"{Quantity.Nines(p.X)} %\n{Quantity.Time(p.Y!.Value)} or less"))],
        };
    }

    private static PlotPoint[] Distribution(LatencyFigures latency) =>
        [.. Histograms.Decode(latency.Histogram).Percentiles(8).Select(v => new PlotPoint(Math.Min(v.PercentileLevelIteratedTo, 100), v.ValueIteratedTo / 1000.0))];

    private PlotSeries Series(string name, string style, Func<TimelinePoint, double?> of, PlotMark mark = PlotMark.Line) =>
        new(name, style, [.. _time.Select(t => new PlotPoint(t.Middle, of(t)))], mark);

    private PlotSeries Bars(string style, Func<TimelinePoint, double?> of) =>
        new("", style, [.. _time.Select(t => new PlotPoint(t.From, of(t), t.To - t.From))], PlotMark.Bars);

    private Plot OverTime(string description, PlotScale y, IReadOnlyList<PlotSeries> series, Func<TimelinePoint, string> tip) => new()
    {
        Description = description,
        X = _seconds,
        Y = y,
        Series = series,
        Tips = [.. _time.Select(t => new PlotTip(t.From, t.To, $"{Quantity.Duration(t.From)} to {Quantity.Duration(t.To)}\n{tip(t)}"))],
    };
}
