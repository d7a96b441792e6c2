using System.Net.Sockets;
using OrleansEcho.Gateway.Diagnostics;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// When to send a set again, and when to give up. Time bounds it, not a count of tries: a silo that is gone fails a call at once, one
/// that is frozen only after the call's time-out, and a connection should survive both equally long.
/// </summary>
internal sealed class BackendRetry(TimeSpan callTimeout, TimeSpan patience, GatewayMetrics metrics, TimeProvider time)
{
    // Soon, because most faults are a silo's hand-over of milliseconds; then slower, so that ten thousand connections that wait for
    // a silo to restart cost next to nothing.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    public TimeSpan CallTimeout => callTimeout;

    public TimeSpan Patience => patience;

    public long Now => time.GetTimestamp();

    /// <summary>Whether another try can help: the outcome is unknown, or the call did not reach a silo.</summary>
    public static bool IsTransient(Exception fault) =>
        fault is TimeoutException or OrleansException or SocketException or IOException or ObjectDisposedException;

    /// <summary>Waits before try number <paramref name="attempt"/> (1 for the first repetition).</summary>
    /// <exception cref="BackendUnavailableException">The time is up.</exception>
    public async ValueTask WaitAsync(int attempt, long since, TimeSpan limit, Exception? fault, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(since) >= limit)
        {
            throw new BackendUnavailableException($"No silo answered within {limit.TotalSeconds:0.#} s ({attempt} tries).", fault);
        }

        metrics.CallRepeated();
        var delay = FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 10));
        await Task.Delay(delay < LongestDelay ? delay : LongestDelay, time, cancellationToken);
    }
}
