namespace OrleansEcho.LoadTest.Results;

/// <summary>Where a run is.</summary>
public enum LoadPhase
{
    /// <summary>Workers are waited for.</summary>
    Gathering,

    /// <summary>The first stage's connections are opened.</summary>
    Connecting,

    /// <summary>It loads, and nothing counts yet but what fails a run.</summary>
    WarmingUp,

    /// <summary>It loads, and everything counts.</summary>
    Measuring,

    /// <summary>Nothing is sent any more, and outstanding echoes are waited for.</summary>
    Draining,
}
