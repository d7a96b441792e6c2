using System.Net;
using Microsoft.Extensions.Configuration;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>The addresses of the listeners that are switched on. Read off the configuration: asked while it may still have faults.</summary>
internal sealed class TcpEndpointClaims(IConfiguration configuration) : IEndpointClaims
{
    public IEnumerable<EndpointClaim> Claims
    {
        get
        {
            var listeners = configuration.GetSection(TcpListenerOptions.Section).Get<TcpListeners>() ?? [];
            foreach (var (name, options) in listeners.Active)
            {
                if (ListenAddress.TryParse(options.Address, out var endPoint, out _)) yield return Of(name, options.Framing, endPoint);
            }
        }
    }

    /// <summary>A listener's.</summary>
    public static EndpointClaim Of(string listener, string framing, EndPoint endPoint) =>
        new($"{TcpListenerOptions.Section}:{listener}:Address", endPoint, $"--listen {framing}=ADDRESS");
}
