namespace OrleansEcho.LoadTest.Searching;

/// <summary>Where a search looks, and how closely.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">The greatest value to try; <paramref name="From"/> or more.</param>
/// <param name="Floor">The least value to try, from 1 to <paramref name="From"/>: below it is nothing to be found.</param>
/// <param name="Precision">How far above the answer the lowest value may be that does not hold, as a share of the answer; more than 0.</param>
/// <param name="Confirmations">In how many further runs, one after another, the answer has to hold; 1 or more.</param>
public sealed record SearchRange(long From, long To, long Floor, double Precision, int Confirmations)
{
    // A gateway that does not even hold this share of where it was begun is looked for in the wrong place.
    private const int Deepest = 64;

    /// <summary>The least value to try when it begins at one.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="least">What there has to be at any rate.</param>
    public static long FloorOf(long from, long least) => Math.Min(from, Math.Max(least, from / Deepest));
}
