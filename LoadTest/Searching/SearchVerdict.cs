namespace OrleansEcho.LoadTest.Searching;

/// <summary>What came of a search.</summary>
public enum SearchVerdict
{
    /// <summary>The limit is known: a value holds, and one a little above it does not.</summary>
    Found,

    /// <summary>The greatest value that was to be tried holds: the limit is there or above it.</summary>
    AtLeast,

    /// <summary>No value holds, down to the least that was tried.</summary>
    NothingHolds,

    /// <summary>The load tester came to its own end before the gateways' limit was found.</summary>
    LoadTesterEnds,

    /// <summary>It was stopped, by somebody or by a run that could not be: what was probed until then is known, and nothing is confirmed.</summary>
    Interrupted,
}
