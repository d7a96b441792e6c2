namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>What has become of a set that travelled with others.</summary>
public enum SetOutcome
{
    /// <summary>It is on its way, or answered.</summary>
    Here = 0,

    /// <summary>Its connection's grain has not been opened up to its number: open it, then send the set again.</summary>
    NotOpen = 1,

    /// <summary>Its connection's grain has not answered yet, or with an exception: collect what it answers.</summary>
    Late = 2,
}
