using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.ServiceDefaults.Transport;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// An Orleans client that knows one silo only. A client that knows several decides by itself which silo a grain is called
/// through, and stays with one that is frozen.
/// </summary>
internal sealed class SiloClient(
    IPEndPoint silo, ClusterIdentityOptions identity, BackendOptions backend, ClusterTls tls, ILoggerFactory logging) : ISiloClient
{
    // The kernel of the silo's machine answers, whatever the silo does. After two seconds ours has asked twice, and would wait ever longer
    // before it asks again: another attempt is sooner there when a cut network is whole again.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    // A silo that is there takes a goodbye in milliseconds.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private const string GivenUp = "The client has been given up.";

    private readonly CancellationTokenSource _disconnected = new();
    private readonly TaskCompletionSource<Exception> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<IHostedService> _parts = [];
    private readonly ConcurrentDictionary<ConnectionContext, TaskCompletionSource> _connections = new();
    private ServiceProvider? _services;
    private Task _connecting = Task.CompletedTask;
    private volatile bool _isDisposed;
    private volatile TlsFaultException? _tlsFault;

    public IGrainFactory Grains =>
        _services?.GetRequiredService<IClusterClient>() ?? throw new InvalidOperationException("It has not connected.");

    public CancellationToken Disconnected => _disconnected.Token;

    public Task ConnectAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        _connecting = ConnectCoreAsync(patience, cancellationToken);

    /// <remarks>It ends at any time, also while it connects: with it its connection, and after both what they use.</remarks>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposed = true;
        using var soon = new CancellationTokenSource(StopTimeout);
        foreach (var part in _parts)
        {
            try
            {
                await part.StopAsync(soon.Token);
            }
            catch (Exception fault) when (fault is OrleansException
                or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                // It has not started, or its silo is gone: either way nothing is left to tell it.
            }
        }

        // Orleans closes what it has connected by then, and not what it goes on to connect.
        foreach (var connection in _connections.Keys) connection.Abort(new ConnectionAbortedException(GivenUp));
        await UntilEndedAsync(_connecting, soon.Token);
        await UntilEndedAsync(Task.WhenAll(_connections.Values.Select(c => c.Task)), soon.Token);
        if (_services is not null) await _services.DisposeAsync();
    }

    // Whoever waits for it hears what it ends with.
    private static async Task UntilEndedAsync(Task task, CancellationToken soon) =>
        await task.WaitAsync(soon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ConnectCoreAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        // A client costs 50 ms of a core and more than a megabyte for a while: not for a silo that is not there, twice a second.
        using (var probe = new Socket(silo.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
        {
            await probe.ConnectAsync(silo, cancellationToken).AsTask().WaitAsync(ProbeTimeout, cancellationToken);
        }

        lock (_lock)
        {
            // It may be given up at any time, and is not to be taken apart while it is put together.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _services = MakeClient(patience);
            _parts.AddRange(_services.GetServices<IHostedService>());
        }

        try
        {
            foreach (var part in _parts)
            {
                // A client whose connection is refused waits for another one, until the patience with it ends:
                // why it was refused nobody would hear.
                var starting = part.StartAsync(cancellationToken);
                if (await Task.WhenAny(starting, _refused.Task) != starting)
                {
                    throw new OrleansException("The connection was refused.", await _refused.Task);
                }

                await starting;
            }
        }
        catch (Exception) when (_tlsFault is { } fault)
        {
            throw new TlsFaultException(fault.Message); // what is caught says at times only that the connection has ended
        }
    }

    // Orleans' end of the connection ends with what is wrong with the other one, or without a word when that has hung up.
    private async Task WatchAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections.TryAdd(connection, ended);
        try
        {
            if (_isDisposed)
            {
                var why = new ConnectionAbortedException(GivenUp);
                connection.Abort(why); // Orleans leaves open what it has not begun to read
                throw why;
            }

            await next(connection);
            _refused.TrySetResult(new ConnectionAbortedException(SiloFaults.HungUp));
        }
        catch (Exception fault)
        {
            _refused.TrySetResult(fault);
            throw;
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    private ServiceProvider MakeClient(TimeSpan patience) => OrleansClient.Make(identity, logging, client =>
    {
        client.UseStaticClustering(silo);
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = backend.CallTimeout);
        client.Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = patience);
        client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connections =>
        {
            connections.Use(next => connection => WatchAsync(connection, next));
            tls.ConnectToSilos(connections, fault => _tlsFault = fault);
        }));
        client.Services.UseClusterTransport();
        client.UseConnectionRetryFilter(static (_, _) => Task.FromResult(false)); // who tries again makes a new client
        client.AddGatewayCountChangedHandler((_, change) =>
        {
            if (change.NumberOfConnectedGateways is 0) _disconnected.Cancel();
        });
    });
}
