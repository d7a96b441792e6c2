namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>How a series is drawn.</summary>
internal enum PlotMark
{
    /// <summary>A line, with gaps where values are missing.</summary>
    Line,

    /// <summary>A line with the space below it filled.</summary>
    Area,

    /// <summary>Bars.</summary>
    Bars,

    /// <summary>A dot at each value.</summary>
    Dots,

    /// <summary>A cross at each value.</summary>
    Crosses,

    /// <summary>A ring at each value.</summary>
    Rings,
}
