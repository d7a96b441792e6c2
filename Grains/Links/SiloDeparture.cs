using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Grains.Links;

/// <summary>
/// A silo that is about to stop lets its gateways take their connections elsewhere first: it tells each with the next heartbeat, and waits
/// until all have done so. Safe for any thread.
/// </summary>
internal sealed class SiloDeparture(TimeProvider time)
{
    // Some missed heartbeats: a gateway that is gone is not waited for.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (GatewaySign Sign, long HeardAt)> _gateways = [];
    private TaskCompletionSource? _over;

    /// <summary>Whether the silo is about to stop.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>The gateways that are here, and how many connections they have on this silo.</summary>
    public (int Gateways, int Connections) Present
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return (_gateways.Count, _gateways.Values.Sum(g => g.Sign.Connections));
            }
        }
    }

    /// <summary>A gateway has given a sign of itself.</summary>
    public void Heard(string run, GatewaySign sign)
    {
        lock (_lock)
        {
            _gateways[run] = (sign, time.GetTimestamp());
            Check();
        }
    }

    /// <summary>Asks all gateways to go, and waits until they have.</summary>
    /// <returns>How many have not when the time is up.</returns>
    public async Task<int> LeaveAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        Task over;
        lock (_lock)
        {
            IsLeaving = true;
            _over ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            over = _over.Task;
            Check();
        }

        try
        {
            await over.WaitAsync(deadline, time, cancellationToken);
            return 0;
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                Forget();
                return _gateways.Values.Count(g => !g.Sign.HasMovedOn);
            }
        }
    }

    private void Check()
    {
        if (_over is null) return;
        Forget();
        if (_gateways.Values.All(g => g.Sign.HasMovedOn)) _over.TrySetResult();
    }

    private void Forget()
    {
        foreach (var (run, (_, heardAt)) in _gateways)
        {
            if (time.GetElapsedTime(heardAt) > Forgotten) _gateways.Remove(run);
        }
    }
}
