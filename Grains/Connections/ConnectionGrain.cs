using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// One connection. It is placed on the silo that the gateway's calls arrive at, so that no message takes a second hop, and stores
/// nothing: the gateway, which holds the socket, can open it again anywhere (docs/adr/0003-where-state-lives.md).
/// </summary>
/// <remarks>
/// Sets reach it by calls, or as turns that its silo's lane gives it (<see cref="HandleAsync"/>, docs/adr/0018-sets-are-turns.md). Either way one at a time, on its own scheduler.
/// </remarks>
[GrainType("connection")] // its name between processes of different versions
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = LocalGrainDirectory.Name)]
internal sealed partial class ConnectionGrain : Grain, IConnectionGrain, ISetHandler
{
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionGrain> _logger;
    private readonly LocalConnections _local;
    private readonly TimeSpan _idleAge;
    private readonly ConnectionId _id;
    private readonly ConnectionRecord _record;
    private readonly OneByOne _sets;
    private DateTimeOffset _staysSince;
    private bool _isGone;

    public ConnectionGrain(TimeProvider time, LocalConnections local, IOptions<GrainCollectionOptions> collection, ILogger<ConnectionGrain> logger)
    {
        _time = time;
        _local = local;
        _idleAge = collection.Value.ClassSpecificCollectionAge.GetValueOrDefault(typeof(ConnectionGrain).FullName!, collection.Value.CollectionAge);
        _logger = logger;
        var key = this.GetPrimaryKeyString();
        if (!ConnectionId.TryParse(key, out _id)) throw new ArgumentException($"'{key}' is not the id of a connection.");
        _record = new ConnectionRecord(_id);
        _sets = new OneByOne(this);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _local.Add(_id, this);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isGone = true;
        _local.Remove(_id, this);
        return Task.CompletedTask;
    }

    public async ValueTask OpenAsync(ConnectionOpening opening)
    {
        await _sets.FreeAsync();
        _record.Open(opening, _time.GetUtcNow());
        Log.Opened(_logger, _id, opening.Gateway, opening.NextSequence);
    }

    /// <summary>The one method to replace: what it answers with is written to the peer. An echo answers with what came.</summary>
    /// <remarks>
    /// After a failure of the network or a silo it may be called again with a set that it has handled (the same <see cref="MessageSet.Sequence"/>): the peer gets
    /// one answer, but what else the method does, it may do twice. What the grain remembers is lost when it is collected or its silo stops.
    /// What the method itself throws ends the connection with <see cref="CloseReason.InternalError"/>, and is not tried again. An answer is made with <see cref="MessageSetBuilder"/>.
    /// </remarks>
    public ValueTask<MessageSet?> EchoAsync(MessageSet set) => new(_record.Accept(set, _time.GetUtcNow()) ? set : null);

    ValueTask<MessageSet?> IConnectionGrain.EchoAsync(MessageSet set) => _sets.HandleAsync(set);

    /// <summary>Handles a set that its silo's lane brings. On the grain's own scheduler: <see cref="IGrainContext.Scheduler"/>.</summary>
    /// <returns>As <see cref="IConnectionGrain.EchoAsync"/>.</returns>
    internal ValueTask<MessageSet?> HandleAsync(MessageSet set)
    {
        if (_isGone) return default; // it was on its way when the grain was collected
        Stay();
        return _sets.HandleAsync(set);
    }

    public async ValueTask CloseAsync(CloseReason reason)
    {
        await _sets.FreeAsync();
        if (_record.Close(reason)) Log.Closed(_logger, _id, reason);
        DeactivateOnIdle();
    }

    public ValueTask<ConnectionInfo?> GetInfoAsync() => new(_record.Describe());

    // Orleans collects a grain that no message has come to for a while, and a lane's turns are none: it is told of them, but not of each.
    private void Stay()
    {
        var now = _time.GetUtcNow();
        if (now - _staysSince < _idleAge / 4) return;
        _staysSince = now;
        DelayDeactivation(_idleAge * 1.25);
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Debug, "Connection {ConnectionId} of gateway {Gateway} is open from set {Sequence} on.")]
        public static partial void Opened(ILogger logger, ConnectionId connectionId, string gateway, long sequence);

        [LoggerMessage(3002, LogLevel.Debug, "Connection {ConnectionId} is closed: {Reason}.")]
        public static partial void Closed(ILogger logger, ConnectionId connectionId, CloseReason reason);
    }
}
