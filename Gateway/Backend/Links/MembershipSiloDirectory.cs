using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>The list that the silos keep in a store, as it was read last: a store that is away takes no silo from the gateway.</summary>
internal sealed partial class MembershipSiloDirectory : BackgroundService, ISiloDirectory
{
    // A silo that joins has nothing to do yet, one that leaves says so to its gateways: nobody waits for the list.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // It looks at all that a Redis keeps.
    private static readonly TimeSpan OthersInterval = TimeSpan.FromSeconds(30);

    // A fault that is not the store's, such as a list that cannot be understood, is for whoever looks into it.
    private const string Unexplained = "the list of silos in it cannot be read";

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ISiloList _list;
    private readonly string _cluster;
    private readonly StoreMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreOutage _outage;
    private volatile IReadOnlyList<IPEndPoint> _silos = [];
    private string _othersSaid = "";
    private long? _othersReadAt;

    public MembershipSiloDirectory(ISiloList list, IOptions<ClusterIdentityOptions> identity, StoreMetrics metrics, TimeProvider time, ILogger<MembershipSiloDirectory> logger)
    {
        (_list, _cluster, _metrics, _time, _logger) = (list, identity.Value.ClusterId, metrics, time, logger);
        _outage = new StoreOutage(list.Store.Name, "Until it is back, the gateway stays with the silos that it knows.", time, logger);
    }

    public string Description => $"in {_list.Store.Name}";

    public string? Fault => _outage.Fault;

    public async Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken)
    {
        await _tried.Task.WaitAsync(cancellationToken); // an empty list would be a wrong one
        return _silos;
    }

    public override void Dispose()
    {
        _outage.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await FollowAsync(stoppingToken);
                _tried.TrySetResult();
                await Task.Delay(Interval, _time, stoppingToken);
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops: a call to the store that is under way ends, or fails just then.
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var askedAt = _time.GetTimestamp();
        try
        {
            _silos = await _list.ReadAsync(cancellationToken);
            _metrics.Answered(_time.GetElapsedTime(askedAt));
            _outage.There();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            _metrics.Failed();
            var why = await _list.Store.ExplainAsync(fault, cancellationToken);
            if (why is null) Log.NotRead(_logger, fault);
            _outage.Away(why?.Words ?? Unexplained);
            return;
        }

        if (_silos.Count is 0) await SayOthersAsync(cancellationToken);
        else (_othersSaid, _othersReadAt) = ("", null);
    }

    /// <summary>A list without this cluster's silos and with others' is most often a wrong name: once, until it changes.</summary>
    private async Task SayOthersAsync(CancellationToken cancellationToken)
    {
        if (_othersReadAt is not null && _time.GetElapsedTime(_othersReadAt.Value) < OthersInterval) return;
        _othersReadAt = _time.GetTimestamp();
        try
        {
            var others = string.Join(", ", (await _list.ReadClustersAsync(cancellationToken)).Where(cluster => cluster != _cluster));
            if (others.Length > 0 && others != _othersSaid) Log.NoSilo(_logger, _cluster, _list.Store.Name, others);
            _othersSaid = others;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotRead(_logger, fault); // a help, and not everybody may look at all keys
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Warning, "No silo of cluster {Cluster} found in {Store}; clusters present: {Others}. Is Cluster:ClusterId right?")]
        public static partial void NoSilo(ILogger logger, string cluster, string store, string others);

        [LoggerMessage(2112, LogLevel.Debug, "The list of silos could not be read.")]
        public static partial void NotRead(ILogger logger, Exception fault);
    }
}
