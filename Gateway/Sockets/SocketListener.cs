using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>A socket that listens, whose connections are dealt out to the socket threads.</summary>
internal sealed partial class SocketListener(SocketThreadGroup threads, Socket socket, int maxReceived, TimeProvider time, ILogger<SocketListener> logger) : IConnectionListener
{
    // Out of descriptors, say: by then connections have been closed.
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);

    private volatile bool _isUnbound;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return new SocketConnection(threads.Next(), await socket.AcceptAsync(cancellationToken), maxReceived);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException && _isUnbound)
            {
                return null; // nobody is accepted any more
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                Log.NotAccepted(logger, EndPoint, fault.SocketErrorCode); // it has hung up while it waited
            }
            catch (SocketException fault)
            {
                Log.NotAccepted(logger, EndPoint, fault.SocketErrorCode);
                await Task.Delay(PauseAfterFault, time, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isUnbound = true;
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(2004, LogLevel.Debug, "A connection to {EndPoint} cannot be accepted: {Error}.")]
        public static partial void NotAccepted(ILogger logger, EndPoint endPoint, SocketError error);
    }
}
