using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>
/// A .NET socket that listens, and neither spins nor ends when nothing can be accepted (<see cref="AcceptBackoff"/>). Unbinding closes it.
/// </summary>
/// <param name="socket">A socket that listens already; it is the listener's from now on.</param>
/// <param name="make">Makes a connection of an accepted socket, which is the connection's from then on.</param>
/// <param name="backoff">What is done when nothing can be accepted.</param>
/// <param name="time">The clock.</param>
public sealed class PacedListener(Socket socket, Func<Socket, ConnectionContext> make, AcceptBackoff backoff, TimeProvider time)
    : IConnectionListener
{
    private readonly CancellationTokenSource _unbinding = new(); // without a timer: nothing to dispose of

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint ?? throw new ArgumentException("The socket is not bound.", nameof(socket));

    /// <summary>Binds a socket and listens.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="bind">Makes the socket and binds it.</param>
    /// <param name="backlog">How many connections may wait to be accepted.</param>
    /// <exception cref="AddressInUseException">Something else listens there.</exception>
    /// <exception cref="SocketException">The address is not one of this machine, or may not be used.</exception>
    public static Socket Listen(EndPoint endPoint, Func<EndPoint, Socket> bind, int backlog)
    {
        Socket? socket = null;
        try
        {
            socket = bind(endPoint);
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(fault.Message, fault);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_unbinding.IsCancellationRequested)
        {
            if (backoff.Next() is { } pause)
            {
                await PauseAsync(pause, cancellationToken);
                continue;
            }

            try
            {
                var accepted = await socket.AcceptAsync(cancellationToken);
                backoff.Accepted((int)accepted.SafeHandle.DangerousGetHandle());
                if (TryMake(accepted) is { } connection) return connection;
            }
            catch (Exception) when (_unbinding.IsCancellationRequested)
            {
                break;
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // It has hung up while it waited: there may be others.
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                backoff.Failed(fault.Message.TrimEnd('.'));
            }
        }

        return null; // nobody is accepted any more
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbinding.Cancel();
        socket.Dispose();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbinding.Token);
        await Task.Delay(pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private ConnectionContext? TryMake(Socket accepted)
    {
        try
        {
            return make(accepted);
        }
        catch (SocketException)
        {
            accepted.Dispose(); // the peer has reset it: no option can be set on it any more
            return null;
        }
        catch
        {
            accepted.Dispose();
            throw;
        }
    }
}
