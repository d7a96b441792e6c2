namespace OrleansEcho.Grains.Interfaces.Links;

/// <summary>The silo's end of a gateway's link: tells the gateway that this silo runs grains, and whether it means to go on. The key is the gateway's run.</summary>
[Alias("echo.ILinkGrain")]
public interface ILinkGrain : IGrainWithStringKey
{
    /// <summary>One heartbeat. A gateway sends one every <c>Backend:HeartbeatSeconds</c>; one without an answer means a silo that is lost.</summary>
    [Alias("Beat")]
    ValueTask<SiloSign> BeatAsync(GatewaySign gateway);
}
