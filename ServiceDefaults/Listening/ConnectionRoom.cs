using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>
/// Room for so many connections at a time. When it is full, the oldest one is aborted: who has something to do is done in milliseconds, so
/// that it is a stranger that holds a place for long, and a newcomer always gets in.
/// </summary>
/// <param name="most">How many.</param>
/// <param name="what">Which connections these are, for the log: the end of a sentence.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to say that the room is full: once in ten seconds.</param>
internal sealed partial class ConnectionRoom(int most, string what, TimeProvider time, ILogger<ConnectionRoom> logger)
{
    private static readonly TimeSpan SayingInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<ConnectionContext> _connections = new(); // the oldest first
    private long? _saidAt;

    /// <summary>A connection takes a place, until what is returned is disposed of.</summary>
    public Place Enter(ConnectionContext connection)
    {
        ConnectionContext? oldest = null;
        LinkedListNode<ConnectionContext> node;
        bool isToSay;
        lock (_lock)
        {
            if (_connections.Count >= most)
            {
                oldest = _connections.First!.Value;
                _connections.RemoveFirst();
            }

            node = _connections.AddLast(connection);
            isToSay = oldest is not null && (_saidAt is not { } before || time.GetElapsedTime(before) >= SayingInterval);
            if (isToSay) _saidAt = time.GetTimestamp();
        }

        if (isToSay) Log.Full(logger, most, what);
        oldest?.Abort(new ConnectionAbortedException("Others need its place."));
        return new Place(this, node);
    }

    private void Leave(LinkedListNode<ConnectionContext> node)
    {
        lock (_lock)
        {
            if (node.List is not null) _connections.Remove(node); // unless it had to make room
        }
    }

    /// <summary>A connection's place in the room.</summary>
    public readonly struct Place(ConnectionRoom room, LinkedListNode<ConnectionContext> node) : IDisposable
    {
        /// <summary>Leaves it.</summary>
        public void Dispose() => room.Leave(node);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1043,
            LogLevel.Warning,
            "There are {Most} connections at once {What}: for each new one the oldest is closed. Find out who opens them, or close the port to strangers.")]
        public static partial void Full(ILogger logger, int most, string what);
    }
}
