using Microsoft.Extensions.DependencyInjection;

namespace OrleansEcho.Gateway.Adapters;

/// <summary>A gateway that is being put together: what protocol adapters extend.</summary>
public interface IGatewayBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }
}
