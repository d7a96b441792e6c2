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
                if (ListenAddress.TryParse(options.Address, out var endPoint, out _)) yield return new($"{TcpListenerOptions.Section}:{name}:Address", endPoint);
            }
        }
    }
}
