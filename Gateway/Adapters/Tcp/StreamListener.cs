using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Protocols;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// One stream listener, with a server of its own (<see cref="StreamServer"/>), so that it binds, fails, drains and is probed apart from the
/// others. The transport is Kestrel's where there are no socket threads.
/// </summary>
internal sealed class StreamListener : IListener
{
    // Kestrel's loop receives into its pipe, and nobody can see what it has received and not put there yet: that takes microseconds, unless
    // its thread loses its core between the two.
    private static readonly TimeSpan KestrelReadAhead = TimeSpan.FromMilliseconds(250);

    // Four of its blocks, in each direction.
    private const int KestrelBufferBytes = 16 * 1024;

    // How much the kernel takes over that a peer has no window for. What it is owed beyond waits in the budget, which is bounded and tells of
    // itself, instead of in the kernel, where it would be up to 2.5 MiB a connection on a fast path (tcp_wmem). What is on its way does not
    // count, so that a long path is as fast as without (ip-sysctl.rst, tcp_notsent_lowat). Measured with 16, 32 and 128 KiB: none costs anything.
    private const int UnsentBytes = 16 * 1024;

    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT

    private readonly TcpListenerOptions _options;
    private readonly EndPoint _configured;
    private readonly IFrameCodec _codec;
    private readonly ConnectionLife _life;
    private readonly ConnectionLimits _limits;
    private readonly GatewayMetrics.ListenerMetrics _metrics;
    private readonly SelfProbe _probe = new();
    private readonly StreamServer _server;
    private readonly CancellationTokenSource _abort = new(); // without a timer: nothing to dispose of
    private readonly ILogger _logger;
    private SocketFile? _socketFile;

    public StreamListener(
        string name,
        TcpListenerOptions options,
        IFrameCodec codec,
        ConnectionLife life,
        BufferBudget budget,
        GatewayMetrics metrics,
        ILoggerFactory loggers,
        SocketThreadGroup? threads)
    {
        (Name, _options, _codec, _life, _limits) = (name, options, codec, life, options.Limits);
        _logger = loggers.CreateLogger<StreamListener>();
        if (!ListenAddress.TryParse(options.Address, out var endPoint, out var fault)) throw new ArgumentException(fault, nameof(options));
        _configured = endPoint;
        _metrics = metrics.ForListener(name, endPoint is UnixDomainSocketEndPoint ? "unix" : "tcp", codec.Name);

        var transport = Transport(options);
        if (threads is null)
        {
            // What it has received, and nobody has looked at yet, cannot be counted: so it must not be much, with every connection's taken
            // together. A longer message may still be read whole.
            transport.MaxReadBufferSize = transport.MaxWriteBufferSize = KestrelBufferBytes;
            _limits = _limits with { ReadAheadBytes = KestrelBufferBytes, WriteBehindBytes = KestrelBufferBytes };
        }

        _server = new StreamServer(
            threads is null
                ? new PacedSocketTransport(transport, DescriptorReserve.OfPeers, TimeProvider.System, loggers)
                : new SocketListenerFactory(threads, transport, budget.Pool, DescriptorReserve.OfPeers, TimeProvider.System, loggers),
            OnConnectedAsync,
            TimeProvider.System,
            loggers.CreateLogger<StreamServer>());
    }

    public string Name { get; }

    public string Protocol => _codec.Name;

    public string Address => ListenAddress.Format(EndPoint);

    public int MaxMessageBytes => _limits.MaxMessageBytes;

    public string? Example => (EndPoint, Protocol) switch
    {
        (IPEndPoint ip, "line") => Netcat($"printf 'hello\\n' | nc -N", ip),
        (IPEndPoint ip, "raw") => Netcat("echo hello | nc -N", ip),
        (UnixDomainSocketEndPoint unix, "line") => $"printf 'hello\\n' | nc -NU {unix}",
        _ => null,
    };

    public string? Failure =>
        _server.Failure is { } fault ? $"Listener {Name} on {Address} accepts nobody any more: {fault.Message.TrimEnd('.')}." : null;

    private EndPoint EndPoint => _server.EndPoint ?? _configured;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_configured is UnixDomainSocketEndPoint unix) await StaleSocket.RemoveAsync(unix, cancellationToken);
            await _server.StartAsync(_configured, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException or AddressInUseException)
        {
            throw BindFault.Describe(fault, TcpEndpointClaims.Of(Name, Protocol, _configured));
        }

        if (_configured is UnixDomainSocketEndPoint bound) _socketFile = new SocketFile(bound.ToString());
    }

    public async Task StopAsync(CancellationToken abort)
    {
        _socketFile?.Remove(_logger); // before the drain: while it lasts, another process may bind the path
        await using var aborting = abort.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
        await _server.StopAsync(_abort.Token); // this token, so that no connection that is aborted takes itself for one that its peer reset
    }

    public Task ProbeAsync(CancellationToken cancellationToken) => _probe.RunAsync(ListenAddress.Reachable(EndPoint), cancellationToken);

    /// <summary>Stops at once what has not been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        _socketFile?.Remove(_logger);
        await _abort.CancelAsync();
        await _server.StopAsync(_abort.Token);
    }

    private async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (_probe.IsOwn(connection.RemoteEndPoint)) return;
        if (connection is SocketConnection { Thread: var home }) await home.EnterAsync(); // at once, unless another thread has accepted it
        var (countUnread, settleAsync) = Arrivals(connection);
        var closeAsync = Closing(connection, _limits.SendTimeout);
        var accepted = new AcceptedConnection(
            Name,
            connection.RemoteEndPoint?.ToString() ?? "",
            connection.Transport,
            countUnread,
            settleAsync,
            closeAsync,
            connection.Abort,
            _codec,
            _limits,
            _metrics);
        await _life.RunAsync(accepted, _abort.Token); // connection.ConnectionClosed would not do: it fires at the peer's FIN, too
    }

    /// <summary>What a listener's options mean for its sockets.</summary>
    internal static SocketTransportOptions Transport(TcpListenerOptions options) => new()
    {
        Backlog = options.Backlog,
        NoDelay = options.NoDelay,
        // What Kestrel's transport holds for a connection at most (ConnectionLimits: ReadAheadBytes, WriteBehindBytes); socket threads
        // receive at once at most as much. The kernel's buffers come on top.
        MaxReadBufferSize = Math.Max(64 * 1024, options.MaxBytesInFlight),
        MaxWriteBufferSize = 64 * 1024,
        CreateBoundListenSocket = endPoint =>
        {
            if (endPoint is UnixDomainSocketEndPoint unix) return UnixListenSocket.Bind(unix);
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            if (options.KeepAliveSeconds > 0) KeepAlive(socket, options.KeepAliveSeconds);
            BoundBuffers(socket, options.ReceiveBufferBytes);
            return socket;
        },
    };

    /// <summary>How to find out what of a peer's bytes has arrived and is not in the pipe yet.</summary>
    private static (Func<int> CountUnread, Func<Task> SettleAsync) Arrivals(ConnectionContext connection)
    {
        // Ours receives only when it is read.
        if (connection is SocketConnection ours) return (ours.CountUnread, static () => Task.CompletedTask);
        var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        return (CountAvailable, static () => Task.Delay(KestrelReadAhead, TimeProvider.System));

        int CountAvailable()
        {
            try
            {
                return socket.Available;
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return 0; // it is gone, and what it held with it
            }
        }
    }

    /// <summary>
    /// How to close it so that the kernel, too, keeps what the peer does not take for as long as the send time-out at most: a peer that
    /// finishes and reads nothing is no connection of ours any more, and could leave any number of such sockets behind.
    /// </summary>
    private static Func<ValueTask> Closing(ConnectionContext connection, TimeSpan limit)
    {
        if (limit == TimeSpan.Zero || connection.RemoteEndPoint is not IPEndPoint) return connection.DisposeAsync;
        var milliseconds = (int)limit.TotalMilliseconds;
        if (connection is SocketConnection ours)
        {
            ours.UnsentTimeoutMilliseconds = milliseconds;
            return connection.DisposeAsync;
        }

        // Kestrel's transport still has bytes to hand over, and the kernel may have waited for the peer before: twice the time, so that it is
        // the close, which says SendTimeout, that ends those.
        var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        return () =>
        {
            try
            {
                SetTcp(socket, Libc.UserTimeout, 2 * milliseconds);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                // It is gone, and what it held with it.
            }

            return connection.DisposeAsync();
        };
    }

    // Set once on the listening socket: accepted sockets inherit it, on Linux and on Windows.
    private static void KeepAlive(Socket socket, int seconds)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
    }

    // As with keep-alive, and before it listens: the scale of its connections' windows goes by the buffer that they begin with (tcp(7)).
    private static void BoundBuffers(Socket socket, int receiveBufferBytes)
    {
        if (receiveBufferBytes > 0) socket.ReceiveBufferSize = receiveBufferBytes;
        SetTcp(socket, NotSentLowWater, UnsentBytes);
    }

    private static void SetTcp(Socket socket, int option, int value)
    {
        if (!OperatingSystem.IsLinux()) return;
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(bytes, value);
        socket.SetRawSocketOption(Libc.TcpLevel, option, bytes);
    }

    private static string Netcat(string command, IPEndPoint endPoint)
    {
        var reachable = (IPEndPoint)ListenAddress.Reachable(endPoint);
        return $"{command} {reachable.Address} {reachable.Port}";
    }
}
