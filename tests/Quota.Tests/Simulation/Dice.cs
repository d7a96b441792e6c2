namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>
/// Chances that depend on a seed and a stream's name alone: each actor has a stream of its own, so that a fault which a shrinker leaves
/// out hardly changes what befalls the others.
/// </summary>
internal sealed class Dice(ulong seed, ulong stream)
{
    private ulong _state = Mix(seed ^ Mix(stream + 0x9E3779B97F4A7C15));

    /// <summary>A number from 0 up to, but not including, <paramref name="sides"/>.</summary>
    public int Roll(int sides) => sides <= 1 ? 0 : (int)(Next() % (ulong)sides);

    /// <summary>A number in between, both included.</summary>
    public int Between(int least, int most) => least + Roll(most - least + 1);

    public bool Chance(int percent) => Roll(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> values) => values[Roll(values.Length)];

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    // SplitMix64.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
