namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a probe is for.</summary>
public enum SearchPhase
{
    /// <summary>Twice as much each time, until something does not hold.</summary>
    Rising,

    /// <summary>Half as much each time, until something holds.</summary>
    Falling,

    /// <summary>Between what held and what did not.</summary>
    Narrowing,

    /// <summary>Once more, as one run may be luck.</summary>
    Confirming,
}
