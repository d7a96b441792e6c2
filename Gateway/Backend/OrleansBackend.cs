using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Backend;

/// <summary>One grain call per set, by way of a silo that answers.</summary>
internal sealed class OrleansBackend : IBackend
{
    private readonly SiloLinks _links;
    private readonly BackendReachability _reachability;
    private readonly BackendRetry _retry;
    private SiloLink? _quotaWay;

    public OrleansBackend(SiloLinks links, BackendReachability reachability, IOptions<BackendOptions> options, GatewayMetrics metrics, TimeProvider time)
    {
        (_links, _reachability) = (links, reachability);
        _retry = new BackendRetry(options.Value.CallTimeout, options.Value.Patience, metrics, time);
        metrics.ObserveSilos(() => [.. links.All.Select(link => new SiloFigures(link.Name, link.Connections, link.HeartbeatTime))]);
    }

    public bool IsReachable => _reachability.IsReachable;

    public async ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken)
    {
        var connection = new OrleansBackendConnection(id, opening, _links, _retry);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async ValueTask<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        // The quota's grain may be anywhere: the way there stays the same while it leads there.
        var way = _quotaWay is { Lost.IsCancellationRequested: false, IsLeaving: false } good ? good : _links.TryChoose(_quotaWay);
        _quotaWay = way;
        if (way is null) throw new BackendUnavailableException("No silo can be reached.");
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, way.Lost);
            return await way.Grains.GetGrain<IConnectionQuotaGrain>(IConnectionQuotaGrain.ClusterScope).LeaseAsync(request).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _quotaWay = _links.TryChoose(way); // this silo cannot reach the one that the grain is on, perhaps
            throw;
        }
        catch (OperationCanceledException)
        {
            throw new BackendUnavailableException($"The silo on the way to it, {way.Name}, is lost.");
        }
        catch (Exception fault)
        {
            // Whatever it is (its silo is gone, another activation has taken over, this silo cannot connect to the one that it is on): the quota
            // did not answer, and is asked again, another way.
            _quotaWay = _links.TryChoose(way);
            throw new BackendUnavailableException("The quota's grain did not answer.", fault);
        }
    }
}
