using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>Adds the TCP adapter.</summary>
public static class TcpGatewayBuilderExtensions
{
    /// <summary>Adds stream listeners over TCP and Unix sockets, from the section <c>Gateway:Listeners</c>.</summary>
    public static IGatewayBuilder AddTcp(this IGatewayBuilder gateway)
    {
        gateway.Services.AddOptions<TcpListeners>().BindConfiguration(TcpListenerOptions.Section).ValidateOnStart();
        gateway.Services.AddSingleton<IValidateOptions<TcpListeners>, TcpListenersValidator>();
        gateway.Services.AddSingleton<IEndpointClaims, TcpEndpointClaims>();
        gateway.Services.AddSingleton<IProtocolAdapter, TcpAdapter>();
        return gateway;
    }
}
