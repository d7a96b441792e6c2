using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// One connection. It is placed on the silo that the gateway's calls arrive at, so that no message takes a second hop, and stores
/// nothing: the gateway, which holds the socket, can open it again anywhere (docs/adr/0003-where-state-lives.md).
/// </summary>
[GrainType("connection")] // its name between processes of different versions
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = LocalGrainDirectory.Name)]
internal sealed partial class ConnectionGrain : Grain, IConnectionGrain
{
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionGrain> _logger;
    private readonly ConnectionRecord _record;

    public ConnectionGrain(TimeProvider time, ILogger<ConnectionGrain> logger)
    {
        _time = time;
        _logger = logger;
        var key = this.GetPrimaryKeyString();
        if (!ConnectionId.TryParse(key, out var id)) throw new ArgumentException($"'{key}' is not the id of a connection.");
        _record = new ConnectionRecord(id);
    }

    public ValueTask OpenAsync(ConnectionOpening opening)
    {
        _record.Open(opening, _time.GetUtcNow());
        Log.Opened(_logger, this.GetPrimaryKeyString(), opening.Gateway, opening.NextSequence);
        return default;
    }

    /// <summary>The one method to replace: what it answers with is written to the peer. An echo answers with what came.</summary>
    /// <remarks>
    /// After a failure it may be called again with a set that it has handled (the same <see cref="MessageSet.Sequence"/>): the peer gets
    /// one answer, but what else the method does, it may do twice. What the grain remembers is lost when it is collected or its silo stops.
    /// </remarks>
    public ValueTask<MessageSet?> EchoAsync(MessageSet set) => new(_record.Accept(set, _time.GetUtcNow()) ? set : null);

    public ValueTask CloseAsync(CloseReason reason)
    {
        if (_record.Close(reason)) Log.Closed(_logger, this.GetPrimaryKeyString(), reason);
        DeactivateOnIdle();
        return default;
    }

    public ValueTask<ConnectionInfo?> GetInfoAsync() => new(_record.Describe());

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Debug, "Connection {ConnectionId} of gateway {Gateway} is open from set {Sequence} on.")]
        public static partial void Opened(ILogger logger, string connectionId, string gateway, long sequence);

        [LoggerMessage(3002, LogLevel.Debug, "Connection {ConnectionId} is closed: {Reason}.")]
        public static partial void Closed(ILogger logger, string connectionId, CloseReason reason);
    }
}
