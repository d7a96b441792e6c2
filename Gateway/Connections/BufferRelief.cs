using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// Keeps what peers hold within the budget: lets those read again who had to wait, or closes those who hold
/// most. Asked at each tick, by one caller.
/// </summary>
internal sealed partial class BufferRelief(BufferBudget budget, TimeProvider time, ILogger logger)
{
    // So long it may help that those who hold most are not read from: their answers come, and their peers take them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Who sends long messages sends the next one sooner.
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private long _trimmedAt = time.GetTimestamp();
    private long? _shortSince;
    private long? _loggedAt;
    private int _closed; // and not said yet

    /// <summary>Does what is to be done now.</summary>
    /// <param name="pumps">The open connections.</param>
    public void Tick(IEnumerable<ConnectionPump> pumps)
    {
        if (!budget.IsShort)
        {
            _shortSince = null;
            LetThoseWhoWaitRead(pumps);
        }
        else
        {
            _shortSince ??= time.GetTimestamp();
            if (budget.IsNearlyUsedUp || time.GetElapsedTime(_shortSince.Value) >= Patience) _closed += CloseThoseWhoHoldMost(pumps);
        }

        if (time.GetElapsedTime(_trimmedAt) >= TrimInterval)
        {
            (budget.Pool as BufferPool)?.Trim();
            _trimmedAt = time.GetTimestamp();
        }

        if (_closed is 0 || (_loggedAt is { } at && time.GetElapsedTime(at) < LogInterval)) return;
        Log.Closed(logger, _closed, budget.UsedBytes, budget.LimitBytes, CloseReason.BuffersExhausted);
        (_closed, _loggedAt) = (0, time.GetTimestamp());
    }

    /// <summary>Only as many as there is room for: all at once would be too many again.</summary>
    private void LetThoseWhoWaitRead(IEnumerable<ConnectionPump> pumps)
    {
        var room = budget.RoomBytes;
        foreach (var pump in pumps)
        {
            if (pump.WantedBytes is not (> 0 and var wanted)) continue;
            pump.ReadAgain(); // one at least, however much it wants
            room -= wanted;
            if (room <= 0) return;
        }
    }

    private int CloseThoseWhoHoldMost(IEnumerable<ConnectionPump> pumps)
    {
        var holders = pumps.Select(static pump => (Pump: pump, Bytes: pump.HeldBytes)).Where(static holder => holder.Bytes > 0).ToList();
        // Those give theirs back.
        var left = budget.UsedBytes - holders.Where(static holder => holder.Pump.IsEvicted).Sum(static holder => holder.Bytes);
        var count = 0;
        foreach (var (pump, bytes) in holders.Where(static holder => !holder.Pump.IsEvicted)
            .OrderByDescending(static holder => holder.Bytes))
        {
            if (left <= budget.RelievedBytes) break;
            left -= bytes;
            count++;
            pump.Evict();
        }

        return count;
    }

    private static partial class Log
    {
        [LoggerMessage(2034, LogLevel.Warning,
            "Peers' buffers take {Used} of {Limit} bytes: {Count} connections that hold most are closed with {Reason} "
            + "(Gateway:BufferMemoryBytes).")]
        public static partial void Closed(ILogger logger, int count, long used, long limit, CloseReason reason);
    }
}
