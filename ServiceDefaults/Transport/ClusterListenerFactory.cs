using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>Binds a silo's ports: for other silos, and for gateways.</summary>
internal sealed class ClusterListenerFactory(DescriptorReserve reserve, TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = PacedListener.Listen(endpoint, Bind, Backlog);
        var backoff = new AcceptBackoff(socket.LocalEndPoint!, reserve, time, loggers.CreateLogger<AcceptBackoff>());
        return new(new PacedListener(socket, Start, backoff, time));
    }

    private static Socket Bind(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true); // not for two at a time: for one soon after another
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ClusterConnection Start(Socket socket)
    {
        ClusterSockets.Tune(socket);
        var connection = new ClusterConnection(socket);
        connection.Start();
        return connection;
    }
}
