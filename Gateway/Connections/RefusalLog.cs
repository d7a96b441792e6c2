using Microsoft.Extensions.Logging;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// Says in the log that connections are refused: the first of a reason at once, those of the ten seconds after it as one line with
/// their number, so that a flood of refusals is no flood of lines.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<RejectReason, Pending> _pending = [];

    public void Refused(RejectReason reason, string listener, string peer)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(reason, out var pending))
            {
                pending.Count++;
                return;
            }

            var timer = time.CreateTimer(_ => Summarize(reason), null, Interval, Timeout.InfiniteTimeSpan);
            _pending.Add(reason, new Pending(timer));
        }

        Log.Refused(logger, listener, peer, reason, ReasonTexts.For(reason));
    }

    public void Dispose()
    {
        RejectReason[] reasons;
        lock (_lock) reasons = [.. _pending.Keys];
        foreach (var reason in reasons) Summarize(reason);
    }

    private void Summarize(RejectReason reason)
    {
        Pending? pending;
        lock (_lock)
        {
            if (!_pending.Remove(reason, out pending)) return;
        }

        pending.Timer.Dispose();
        if (pending.Count > 0) Log.RefusedMore(logger, pending.Count, Interval.TotalSeconds, reason);
    }

    private sealed class Pending(ITimer timer)
    {
        public ITimer Timer => timer;

        public int Count { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(2011, LogLevel.Warning, "Refused a connection on listener {Listener} from {Peer}: {Reason}, {Text}.")]
        public static partial void Refused(ILogger logger, string listener, string peer, RejectReason reason, string text);

        [LoggerMessage(2012, LogLevel.Warning, "Refused {Count} more connections within {Seconds} s: {Reason}.")]
        public static partial void RefusedMore(ILogger logger, int count, double seconds, RejectReason reason);
    }
}
