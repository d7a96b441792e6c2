namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>What is told of a part of a plot when it is pointed at.</summary>
/// <param name="From">Where it begins on the x axis.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Text">What is told, in some lines.</param>
internal sealed record PlotTip(double From, double To, string Text);
