namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>Values that belong together.</summary>
/// <param name="Name">What stands at its end; empty for nothing.</param>
/// <param name="Style">The class of the style sheet that colours it.</param>
/// <param name="Points">From left to right.</param>
/// <param name="Mark">How it is drawn.</param>
internal sealed record PlotSeries(string Name, string Style, IReadOnlyList<PlotPoint> Points, PlotMark Mark = PlotMark.Line);
