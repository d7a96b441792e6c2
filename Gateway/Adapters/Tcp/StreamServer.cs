using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// Accepts connections of one endpoint, runs each, and stops in stages. What runs a connection begins where the transport has accepted it, and must not block there: on a socket thread, the
/// listener's (docs/adr/0019-a-server-of-our-own-for-streams.md).
/// </summary>
/// <param name="transport">Binds.</param>
/// <param name="run">Runs a connection; when it ends, what is left of the connection is closed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to say what is wrong.</param>
internal sealed partial class StreamServer(IConnectionListenerFactory transport, Func<ConnectionContext, Task> run, TimeProvider time, ILogger<StreamServer> logger)
{
    /// <summary>How long connections have to end that were aborted.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConnectionListener? _listener;
    private volatile Exception? _failure;
    private int _open = 1; // connections, and the accepting

    /// <summary>What has been bound; null before.</summary>
    public EndPoint? EndPoint => _listener?.EndPoint;

    /// <summary>What has ended the accepting although nobody stopped it; null as a rule.</summary>
    public Exception? Failure => _failure;

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="Exception">What the transport ends a bind with.</exception>
    public async Task StartAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var listener = _listener = await transport.BindAsync(endPoint, cancellationToken);
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => AcceptAsync(listener), CancellationToken.None); // connections are not part of what has started the server
    }

    /// <summary>Unbinds at once, then waits for its connections; aborts those that are left when <paramref name="abort"/> is cancelled, and gives them <see cref="Grace"/>.</summary>
    public async Task StopAsync(CancellationToken abort)
    {
        if (_listener is not { } listener) return;
        await listener.UnbindAsync(CancellationToken.None);
        try
        {
            await _ended.Task.WaitAsync(abort);
        }
        catch (OperationCanceledException)
        {
            await AbortAsync();
        }

        await listener.DisposeAsync();
    }

    private async Task AbortAsync()
    {
        foreach (var (connection, _) in _connections) connection.Abort(new ConnectionAbortedException("The gateway stops."));
        try
        {
            await _ended.Task.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            Log.NotEnded(logger, _connections.Count, EndPoint);
        }
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        try
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                Interlocked.Increment(ref _open);
                _connections.TryAdd(connection, 0);
                _ = RunAsync(connection);
            }
        }
        catch (Exception fault)
        {
            _failure = fault; // readiness and liveness fail
            Log.AcceptsNoMore(logger, listener.EndPoint, fault);
        }

        OneLess();
    }

    private async Task RunAsync(ConnectionContext connection)
    {
        try
        {
            await run(connection);
        }
        catch (Exception fault)
        {
            Log.Failed(logger, connection.RemoteEndPoint, fault);
        }

        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception fault)
        {
            Log.Failed(logger, connection.RemoteEndPoint, fault);
        }

        _connections.TryRemove(connection, out _);
        OneLess();
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _open) is 0) _ended.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(2006, LogLevel.Critical, "Nobody accepts on {EndPoint} any more.")]
        public static partial void AcceptsNoMore(ILogger logger, EndPoint endPoint, Exception fault);

        [LoggerMessage(2007, LogLevel.Error, "A connection of {Peer} failed.")]
        public static partial void Failed(ILogger logger, EndPoint? peer, Exception fault);

        [LoggerMessage(2008, LogLevel.Warning, "{Count} connections to {EndPoint} were aborted and have not ended.")]
        public static partial void NotEnded(ILogger logger, int count, EndPoint? endPoint);
    }
}
