namespace OrleansEcho.LoadTest.Comparing;

/// <summary>What can be said of a figure of B beside that of A.</summary>
internal enum ComparisonVerdict
{
    /// <summary>B is better: more than chance makes it, and by enough to matter.</summary>
    Better,

    /// <summary>B is worse: more than chance makes it, and by enough to matter.</summary>
    Worse,

    /// <summary>Whatever difference there may be is too small to matter.</summary>
    Same,

    /// <summary>There are runs enough, but they differ so much among themselves that neither can be said.</summary>
    TooNoisy,

    /// <summary>There are too few runs for any difference to be told from chance.</summary>
    TooFew,
}
