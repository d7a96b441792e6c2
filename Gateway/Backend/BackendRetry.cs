using System.Net.Sockets;
using OrleansEcho.Gateway.Diagnostics;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// When to send a set again, and when to give up. Time bounds it, not a count of tries: a silo that is gone fails a call at once, one
/// that is frozen only after the call's time-out, and a connection should survive both equally long.
/// </summary>
internal sealed class BackendRetry(TimeSpan callTimeout, TimeSpan patience, BackendReachability reachability, GatewayMetrics metrics, TimeProvider time)
{
    // Soon, because most faults are a silo's hand-over of milliseconds; then slower, so that ten thousand connections that wait for
    // a silo to restart cost next to nothing.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    public TimeSpan CallTimeout => callTimeout;

    public TimeSpan Patience => patience;

    public long Now => time.GetTimestamp();

    /// <summary>
    /// Whether another try can help: the outcome is unknown, or the call did not reach a silo. Orleans calls it cancelled when a message has
    /// expired before a silo was found for its grain; no call carries a token of ours.
    /// </summary>
    public static bool IsTransient(Exception fault) =>
        fault is TimeoutException or OrleansException or SocketException or IOException or ObjectDisposedException or OperationCanceledException;

    /// <summary>Whether to try again after a call failed, and then waits a little.</summary>
    /// <param name="attempt">How many tries there have been: 1 or more.</param>
    /// <param name="since">When the first one began.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="fault">Why the last one failed; null when the grain was not open.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="BackendUnavailableException">The time is up.</exception>
    public async ValueTask WaitAsync(int attempt, long since, TimeSpan limit, Exception? fault, CancellationToken cancellationToken)
    {
        if (fault is TimeoutException) reachability.Doubt();
        if (Rest(since, limit) == TimeSpan.Zero)
        {
            throw new BackendUnavailableException($"No silo answered within {limit.TotalSeconds:0.#} s ({attempt} tries).", fault);
        }

        metrics.CallRepeated();
        var delay = FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 10));
        await Task.Delay(delay < LongestDelay ? delay : LongestDelay, time, cancellationToken);
    }

    /// <summary>Waits for a repeated call, but no longer than what is left of the limit.</summary>
    /// <exception cref="TimeoutException">Nothing is left; the call's outcome is unknown.</exception>
    public Task<TResult> BoundAsync<TResult>(ValueTask<TResult> call, long since, TimeSpan limit, CancellationToken cancellationToken) =>
        call.AsTask().WaitAsync(Rest(since, limit), time, cancellationToken);

    /// <inheritdoc cref="BoundAsync{TResult}"/>
    public Task BoundAsync(ValueTask call, long since, TimeSpan limit, CancellationToken cancellationToken) =>
        call.AsTask().WaitAsync(Rest(since, limit), time, cancellationToken);

    private TimeSpan Rest(long since, TimeSpan limit)
    {
        var rest = limit - time.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
