using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>
/// Sends nothing, a hundred times a second: how late it is told to is how long this process waits for a processor. A closed loop has no clock by which
/// it could be late, and what it waits for in vain looks like the gateway's latency.
/// </summary>
/// <param name="duration">How long it goes on, in nanoseconds since loading began.</param>
internal sealed class PulseSource(long duration) : LoadClock.Source
{
    private const long Interval = 10_000_000;

    private long _next;

    public override long NextAt => _next < duration ? _next : LoadSchedule.Never;

    public override int TrySend(long due)
    {
        _next += Interval;
        return 1;
    }

    // What is not sent is missed by nobody.
    public override void LeaveUntil(long end, Func<long, long> timestamp) => _next = Math.Max(_next, end);
}
