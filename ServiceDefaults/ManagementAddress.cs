using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Where health and metrics are really served: port 0 in the configuration means any that is free.</summary>
public static class ManagementAddress
{
    /// <summary>The address of the server of a started host, as a URL.</summary>
    public static string Of(IServer server) => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "(not bound)";
}
