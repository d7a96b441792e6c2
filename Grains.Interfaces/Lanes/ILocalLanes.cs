namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>The way to the connections' grains for a gateway in the silo's own process, which needs no call.</summary>
public interface ILocalLanes
{
    /// <summary>A lane of a gateway's run.</summary>
    ILane Of(string run);
}
