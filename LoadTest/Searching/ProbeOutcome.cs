namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a probe says of its value.</summary>
public enum ProbeOutcome
{
    /// <summary>The objective held.</summary>
    Held,

    /// <summary>The objective did not hold.</summary>
    Broke,

    /// <summary>The load tester was the bottleneck: it says nothing of the gateways, neither good nor bad.</summary>
    Invalid,
}
