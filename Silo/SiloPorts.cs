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
    public SiloPorts(IOptions<SiloHostOptions> options)
    {
        var address = IPAddress.Parse(options.Value.Address);
        Silo = new IPEndPoint(address, options.Value.Port is 0 ? FreePort(address) : options.Value.Port);
        Gateway = options.Value.GatewayPort is 0 ? null : new IPEndPoint(address, options.Value.GatewayPort);
    }

    /// <summary>Where other silos connect to.</summary>
    public IPEndPoint Silo { get; }

    /// <summary>Where gateways connect to; null when no other process may.</summary>
    public IPEndPoint? Gateway { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Claim(Silo, Silo.Port, nameof(SiloHostOptions.Port), "--port");
        if (Gateway is not null) Claim(Gateway, Gateway.Port, nameof(SiloHostOptions.GatewayPort), "--gateway-port");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static int FreePort(IPAddress address) => Claim(new IPEndPoint(address, 0), 0, nameof(SiloHostOptions.Port), "--port");

    private static int Claim(IPEndPoint endPoint, int port, string option, string flag)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(endPoint.Address, port));
            socket.Listen(1);
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException fault)
        {
            throw BindFault.Describe(fault, endPoint, $"{SiloHostOptions.Section}:{option}", $"{flag} PORT");
        }
    }
}
