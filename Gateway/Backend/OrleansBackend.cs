using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Backend;

/// <summary>The plain way: one grain call per set.</summary>
internal sealed class OrleansBackend(
    IGrainFactory grains,
    BackendReachability reachability,
    IOptions<BackendOptions> options,
    GatewayMetrics metrics,
    TimeProvider time) : IBackend
{
    // As many as there may be silos to go through: each is reached by the same one every time.
    private const int Relays = 16;

    private readonly BackendRetry _retry = new(options.Value.CallTimeout, options.Value.Patience, reachability, metrics, time);
    private volatile bool _relaysQuota;

    public bool IsReachable => reachability.IsReachable;

    public async ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken)
    {
        var connection = new OrleansBackendConnection(grains.GetGrain<IConnectionGrain>(id.Value), opening, _retry);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IPingGrain>(Random.Shared.NextInt64()).PingAsync() // another key each time: it may be another silo
                .AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (BackendRetry.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw new BackendUnavailableException($"No silo answered a ping: {fault.GetType().Name}.", fault);
        }
    }

    public async ValueTask<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            // Not made before: until the client has reached a silo, it knows no grain.
            var reply = _relaysQuota
                ? grains.GetGrain<IQuotaRelayGrain>(Random.Shared.Next(Relays)).LeaseAsync(IConnectionQuotaGrain.ClusterScope, request)
                : grains.GetGrain<IConnectionQuotaGrain>(IConnectionQuotaGrain.ClusterScope).LeaseAsync(request);
            return await reply.AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _relaysQuota = !_relaysQuota; // the silo that it goes through may be frozen
            throw;
        }
        catch (Exception fault)
        {
            // Whatever it is (its silo is gone, its store cannot be read): the quota did not answer, and is asked again.
            throw new BackendUnavailableException("The quota's grain did not answer.", fault);
        }
    }
}
