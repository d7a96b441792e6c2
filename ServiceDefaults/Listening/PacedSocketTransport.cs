using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>
/// Kestrel's connections below a listener of ours. Kestrel's own takes being out of descriptors for a peer that has hung up, and tries
/// again at once, without a word and without end.
/// </summary>
/// <param name="options">How to bind, and what connections are like.</param>
/// <param name="reserve">Which descriptors a listener must leave to others.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where to say what cannot be accepted.</param>
public sealed class PacedSocketTransport(SocketTransportOptions options, DescriptorReserve reserve, TimeProvider time, ILoggerFactory loggers)
    : IConnectionListenerFactory, IDisposable
{
    private readonly SocketConnectionContextFactory _connections = new(
        new SocketConnectionFactoryOptions
        {
            IOQueueCount = options.IOQueueCount,
            WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
            MaxReadBufferSize = options.MaxReadBufferSize,
            MaxWriteBufferSize = options.MaxWriteBufferSize,
            UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
        },
        loggers.CreateLogger<SocketConnectionContextFactory>());

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = PacedListener.Listen(endpoint, options.CreateBoundListenSocket, options.Backlog);
        var backoff = new AcceptBackoff(socket.LocalEndPoint!, reserve, time, loggers.CreateLogger<AcceptBackoff>());
        return new(new PacedListener(socket, Make, backoff, time));
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private ConnectionContext Make(Socket socket)
    {
        if (socket.AddressFamily is not AddressFamily.Unix) socket.NoDelay = options.NoDelay;
        return _connections.Create(socket);
    }
}
