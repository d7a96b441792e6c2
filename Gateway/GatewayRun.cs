using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway;

/// <summary>This run of the gateway: what its connections' ids begin with, and what silos know it by.</summary>
internal sealed class GatewayRun
{
    /// <summary>The name; another one each time the gateway starts.</summary>
    public string Name { get; } = ConnectionId.NewRun();
}
