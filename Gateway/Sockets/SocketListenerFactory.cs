using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// Binds listeners whose connections live on socket threads: in place of Kestrel's own
/// <see cref="SocketTransportFactory"/>, with its options.
/// </summary>
/// <param name="threads">Where connections live.</param>
/// <param name="options">How to bind, and what connections are like.</param>
/// <param name="buffers">Where connections' buffers come from.</param>
/// <param name="reserve">Which descriptors a listener must leave to others.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where to say what cannot be accepted.</param>
internal sealed class SocketListenerFactory(
    SocketThreadGroup threads, SocketTransportOptions options, ArrayPool<byte> buffers, DescriptorReserve reserve, TimeProvider time,
    ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = PacedListener.Listen(endpoint, Bind, options.Backlog);
        try
        {
            var backoff = new AcceptBackoff(socket.LocalEndPoint!, reserve, time, loggers.CreateLogger<AcceptBackoff>());
            return new(new SocketListener(
                threads, socket, (int)(options.MaxReadBufferSize ?? 0), buffers, backoff, time, loggers.CreateLogger<SocketListener>()));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Bind(EndPoint endPoint)
    {
        var socket = options.CreateBoundListenSocket(endPoint);
        if (socket.AddressFamily is not AddressFamily.Unix) socket.NoDelay = options.NoDelay; // once: Linux hands it on to what is accepted
        return socket;
    }
}
