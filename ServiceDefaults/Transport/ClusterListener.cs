using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>A silo's port: for other silos, or for gateways.</summary>
internal sealed class ClusterListener : IConnectionListener
{
    private const int Backlog = 512;

    // Out of descriptors, say: the next try may find one.
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private volatile bool _isUnbound;

    /// <summary>Binds it.</summary>
    /// <exception cref="AddressInUseException">Something else listens there.</exception>
    /// <exception cref="SocketException">The address is not one of this machine, or may not be used.</exception>
    public ClusterListener(EndPoint endPoint, TimeProvider time)
    {
        _time = time;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true); // not for two at a time: for one soon after another
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(endPoint);
            _socket.Listen(Backlog);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            _socket.Dispose();
            throw new AddressInUseException(fault.Message, fault);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        EndPoint = _socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                ClusterSockets.Tune(socket);
                var connection = new ClusterConnection(socket);
                connection.Start();
                return connection;
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException && _isUnbound)
            {
                return null; // nobody is accepted any more
            }
            catch (SocketException)
            {
                // It has hung up while it waited, or nothing can be accepted just now.
                await Task.Delay(PauseAfterFault, _time, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isUnbound = true;
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
