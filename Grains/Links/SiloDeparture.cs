using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Grains.Links;

/// <summary>
/// A silo that is about to stop lets its gateways take their connections elsewhere first: it tells each with the next heartbeat, and waits
/// until all have done so or are gone. Safe for any thread.
/// </summary>
internal sealed class SiloDeparture(TimeProvider time)
{
    // For gateways that do not say how soon they come again.
    private static readonly TimeSpan UsualNext = TimeSpan.FromSeconds(1.5);

    // A heartbeat may be late on a busy machine. A gateway that was thought gone and is not loses nothing: it notices the end by itself.
    private const double Lateness = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownGateway> _gateways = [];
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLeaving;

    /// <summary>Whether the silo is about to stop.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>The gateways that are here, and how many connections they have on this silo.</summary>
    public (int Gateways, int Connections) Present
    {
        get
        {
            lock (_lock)
            {
                Forget(time.GetTimestamp());
                return (_gateways.Count, _gateways.Values.Sum(g => g.Sign.Connections));
            }
        }
    }

    /// <summary>A gateway has given a sign of itself.</summary>
    public void Heard(string run, GatewaySign sign)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Forget(now);
            _gateways[run] = new(sign, now, (sign.NextWithin > TimeSpan.Zero ? sign.NextWithin : UsualNext) * Lateness);
            _heard.TrySetResult();
        }
    }

    /// <summary>Asks all gateways to go, and waits until they have.</summary>
    /// <returns>How many are there and have not when the time is up.</returns>
    public async Task<int> LeaveAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            TimeSpan wait;
            Task heard;
            lock (_lock)
            {
                _isLeaving = true;
                // Read once: a gateway that is there by one reading and gone by the next would be waited for less than no time.
                var now = time.GetTimestamp();
                Forget(now);
                var staying = _gateways.Values.Where(g => !g.Sign.HasMovedOn).ToList();
                var rest = deadline - time.GetElapsedTime(start, now);
                if (staying.Count is 0 || rest <= TimeSpan.Zero) return staying.Count;
                wait = staying.Select(g => Rest(g, now)).Append(rest).Min();
                _heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                heard = _heard.Task;
            }

            try
            {
                await heard.WaitAsync(wait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Somebody has not been heard of for too long, or the time is up.
            }
        }
    }

    private TimeSpan Rest(KnownGateway gateway, long now) => gateway.Within - time.GetElapsedTime(gateway.HeardAt, now);

    private void Forget(long now)
    {
        foreach (var (run, gateway) in _gateways)
        {
            if (Rest(gateway, now) <= TimeSpan.Zero) _gateways.Remove(run);
        }
    }

    private sealed record KnownGateway(GatewaySign Sign, long HeardAt, TimeSpan Within);
}
