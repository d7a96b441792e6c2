namespace OrleansEcho.LoadTest.Load;

/// <summary>What one of several load testers does of a scenario: the shares together are the whole, message by message and connection by connection.</summary>
/// <param name="Index">Which share, from 0.</param>
/// <param name="Count">How many there are.</param>
internal sealed record LoadShare(int Index, int Count)
{
    /// <summary>All of it.</summary>
    public static LoadShare Whole { get; } = new(0, 1);

    /// <summary>Whether a place is one of this share's.</summary>
    /// <param name="place">The number of the place, of those that do the same.</param>
    /// <param name="targets">How many targets the places go to in turn.</param>
    public bool Has(int place, int targets) => OwnerOf(place, targets) == Index;

    /// <summary>Whose a place is: the index of its share.</summary>
    /// <inheritdoc cref="Has" path="/param"/>
    public int OwnerOf(int place, int targets)
    {
        // In turn alone, two load testers would have one of two targets each: after each full round they move on by one.
        var round = targets / GreatestCommonDivisor(targets, Count) * Count;
        return (place + (place / round)) % Count;
    }

    private static int GreatestCommonDivisor(int a, int b) => b is 0 ? a : GreatestCommonDivisor(b, a % b);
}
