using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>Binds listeners whose connections live on socket threads: in place of Kestrel's own <see cref="SocketTransportFactory"/>, with its options.</summary>
/// <param name="threads">Where connections live.</param>
/// <param name="options">How to bind, and what connections are like.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where to say what cannot be accepted.</param>
internal sealed class SocketListenerFactory(SocketThreadGroup threads, SocketTransportOptions options, TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = options.CreateBoundListenSocket(endpoint);
            if (socket.AddressFamily is not AddressFamily.Unix) socket.NoDelay = options.NoDelay; // once: Linux hands it on to what is accepted
            socket.Listen(options.Backlog);
            return new(new SocketListener(threads, socket, (int)(options.MaxReadBufferSize ?? 0), time, loggers.CreateLogger<SocketListener>()));
        }
        catch (Exception fault)
        {
            socket?.Dispose();
            if (fault is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) throw new AddressInUseException(fault.Message, fault);
            throw;
        }
    }
}
