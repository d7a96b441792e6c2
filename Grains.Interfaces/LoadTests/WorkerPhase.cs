namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>Where a worker is.</summary>
[GenerateSerializer]
[Alias("echo.WorkerPhase")]
public enum WorkerPhase
{
    /// <summary>It waits for a run.</summary>
    Idle,

    /// <summary>It opens the first connections.</summary>
    Preparing,

    /// <summary>They are open: it may begin.</summary>
    Ready,

    /// <summary>It loads.</summary>
    Loading,

    /// <summary>It has loaded, and its report is the last one.</summary>
    Done,

    /// <summary>It could not.</summary>
    Failed,
}
