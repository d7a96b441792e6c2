using System.Net;
using Microsoft.Extensions.Configuration;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo;

/// <summary>The silo's two ports. Read off the configuration: asked while it may still have faults.</summary>
internal sealed class SiloEndpointClaims(IConfiguration configuration, OwnAddress own) : IEndpointClaims
{
    public IEnumerable<EndpointClaim> Claims
    {
        get
        {
            var options = configuration.GetSection(SiloHostOptions.Section).Get<SiloHostOptions>() ?? new();
            if (own.TryRead(options.Address).Address is not { } address) yield break;
            yield return new($"{SiloHostOptions.Section}:{nameof(options.Port)}", new IPEndPoint(address, options.Port));
            yield return new($"{SiloHostOptions.Section}:{nameof(options.GatewayPort)}", new IPEndPoint(address, options.GatewayPort));
        }
    }
}
