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
            yield return Of(nameof(options.Port), new IPEndPoint(address, options.Port));
            if (options.GatewayPort is not 0) yield return Of(nameof(options.GatewayPort), new IPEndPoint(address, options.GatewayPort));
        }
    }

    /// <summary>One of the two: the option that names its port, and its endpoint.</summary>
    public static EndpointClaim Of(string option, IPEndPoint endPoint)
    {
        var key = $"{SiloHostOptions.Section}:{option}"; // not by a short flag: not every program with a silo has one
        return new(key, endPoint, $"--{key}=PORT") { AddressKey = $"{SiloHostOptions.Section}:{nameof(SiloHostOptions.Address)}" };
    }
}
