using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo;

/// <summary>
/// The endpoints of this silo. It claims them for a moment before Orleans does, because Orleans' own fault would name neither the
/// port nor the option.
/// </summary>
internal sealed class SiloPorts : IHostedService
{
    public SiloPorts(IOptions<SiloHostOptions> options, OwnAddress own)
    {
        var address = own.Read(options.Value.Address);
        Silo = new IPEndPoint(address, options.Value.Port is 0 ? FreePort(address) : options.Value.Port);
        Gateway = options.Value.GatewayPort is 0 ? null : new IPEndPoint(address, options.Value.GatewayPort);
    }

    /// <summary>Where other silos connect to.</summary>
    public IPEndPoint Silo { get; }

    /// <summary>Where gateways connect to; null when no other process may.</summary>
    public IPEndPoint? Gateway { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Claim(Silo, nameof(SiloHostOptions.Port));
        if (Gateway is not null) Claim(Gateway, nameof(SiloHostOptions.GatewayPort));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static int FreePort(IPAddress address) => Claim(new IPEndPoint(address, 0), nameof(SiloHostOptions.Port));

    private static int Claim(IPEndPoint endPoint, string option)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(1);
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException fault)
        {
            throw BindFault.Describe(fault, SiloEndpointClaims.Of(option, endPoint));
        }
    }
}
