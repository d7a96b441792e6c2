namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>What workers are to do.</summary>
[GenerateSerializer]
[Alias("echo.SessionOrder")]
public enum SessionOrder
{
    /// <summary>Wait: no run, or none for this worker.</summary>
    Wait,

    /// <summary>Open the first connections.</summary>
    Prepare,

    /// <summary>Begin to load at the time that is told.</summary>
    Start,

    /// <summary>End at once, and report.</summary>
    Stop,
}
