namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>A value of a series.</summary>
/// <param name="X">Where it is; of a bar, where it begins.</param>
/// <param name="Y">What it is; null for a gap.</param>
/// <param name="Width">Of a bar, how wide it is.</param>
internal readonly record struct PlotPoint(double X, double? Y, double Width = 0);
