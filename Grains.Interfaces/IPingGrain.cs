namespace OrleansEcho.Grains.Interfaces;

/// <summary>Answers, so that a gateway knows that it reaches a silo that runs grains. Any key does.</summary>
[Alias("echo.IPingGrain")]
public interface IPingGrain : IGrainWithIntegerKey
{
    /// <summary>Does nothing but answer.</summary>
    [Alias("Ping")]
    ValueTask PingAsync();
}
