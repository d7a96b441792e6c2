namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>A place on an axis that has a name.</summary>
/// <param name="Value">Where it is.</param>
/// <param name="Label">Its name; empty for a line without one.</param>
internal readonly record struct PlotTick(double Value, string Label);
