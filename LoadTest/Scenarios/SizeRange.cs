namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Sizes that are equally likely.</summary>
/// <param name="From">The smallest, in bytes.</param>
/// <param name="To">The greatest, in bytes.</param>
/// <param name="Weight">How likely it is that a size is out of this range, beside the other ranges: more than 0.</param>
public sealed record SizeRange(int From, int To, double Weight = 1);
