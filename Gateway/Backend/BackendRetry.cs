using System.Net.Sockets;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// When to send a set again, and when to give up. Time bounds it, not a count of tries: a silo that is gone fails a call at once, one
/// that is frozen when its heart has not beaten for a while, and a connection should survive both equally long.
/// </summary>
internal sealed class BackendRetry(TimeSpan callTimeout, TimeSpan patience, GatewayMetrics metrics, TimeProvider time)
{
    // Soon, because most faults are a silo's hand-over of milliseconds; then slower, so that ten thousand connections that wait for
    // a silo to restart cost next to nothing.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    public TimeSpan CallTimeout => callTimeout;

    public TimeSpan Patience => patience;

    public TimeProvider Time => time;

    /// <summary>
    /// Whether another try can help: the outcome is unknown, or the call did not reach a silo. Cancelled is what a call is whose silo was
    /// lost, and Orleans calls one so that has expired before a silo was found for its grain. What the handler of a connection has thrown is none of these, whatever it is: its grain
    /// makes it a <see cref="ConnectionHandlerException"/>.
    /// </summary>
    public static bool IsTransient(Exception fault) =>
        fault is TimeoutException or OrleansException or SocketException or IOException or ObjectDisposedException or OperationCanceledException;

    /// <summary>A connection goes to another silo.</summary>
    public void ConnectionMoved() => metrics.ConnectionMoved();

    /// <summary>Begins to count.</summary>
    /// <param name="limit">How long to try.</param>
    /// <param name="perCall">How long to wait for one call at most; as long as is left, if it is left out.</param>
    public Tries Begin(TimeSpan limit, TimeSpan? perCall = null) => new(this, limit, perCall ?? limit, time.GetTimestamp());

    /// <summary>What one set, or one opening, has used up of its time.</summary>
    internal struct Tries(BackendRetry retry, TimeSpan limit, TimeSpan perCall, long since)
    {
        private int _failures;

        /// <summary>A try has failed: waits a little before the next.</summary>
        /// <param name="fault">Why; null when the grain was not open.</param>
        /// <param name="waits">Whether it may help to wait: not when there is another silo to ask.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <exception cref="BackendUnavailableException">The time is up.</exception>
        public ValueTask FailedAsync(Exception? fault, bool waits, CancellationToken cancellationToken)
        {
            _failures++;
            if (Rest == TimeSpan.Zero) throw new BackendUnavailableException($"No silo answered within {limit.TotalSeconds:0.#} s ({_failures} tries).", fault);
            retry.CallRepeated();
            if (!waits) return default;
            var delay = FirstDelay * Math.Pow(2, Math.Min(_failures - 1, 10));
            return retry.DelayAsync(delay < LongestDelay ? delay : LongestDelay, cancellationToken);
        }

        /// <summary>Waits for a call, but no longer than what is left of the limit, and than its silo lives.</summary>
        /// <exception cref="TimeoutException">Nothing is left; the call's outcome is unknown.</exception>
        /// <exception cref="OperationCanceledException">The silo is lost, or the connection was given up.</exception>
        public readonly ValueTask<T> BoundAsync<T>(ValueTask<T> call, CancellationToken lost, CancellationToken cancellationToken) =>
            call.IsCompletedSuccessfully ? call : new(retry.BoundAsync(call.AsTask(), ForACall, lost, cancellationToken));

        /// <inheritdoc cref="BoundAsync{T}"/>
        public readonly Task BoundAsync(ValueTask call, CancellationToken lost, CancellationToken cancellationToken) =>
            retry.BoundAsync(call.AsTask(), ForACall, lost, cancellationToken);

        private readonly TimeSpan Rest => retry.Rest(since, limit);

        private readonly TimeSpan ForACall => Rest < perCall ? Rest : perCall;
    }

    private void CallRepeated() => metrics.CallRepeated();

    private ValueTask DelayAsync(TimeSpan delay, CancellationToken cancellationToken) => new(Task.Delay(delay, time, cancellationToken));

    private async Task<T> BoundAsync<T>(Task<T> call, TimeSpan rest, CancellationToken lost, CancellationToken cancellationToken)
    {
        await BoundAsync((Task)call, rest, lost, cancellationToken);
        return await call;
    }

    private async Task BoundAsync(Task call, TimeSpan rest, CancellationToken lost, CancellationToken cancellationToken)
    {
        // One token is enough, where there is one only: connections open by the thousand.
        using var either = lost.CanBeCanceled && cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(lost, cancellationToken) : null;
        await call.WaitAsync(rest, time, either?.Token ?? (lost.CanBeCanceled ? lost : cancellationToken));
    }

    private TimeSpan Rest(long since, TimeSpan limit)
    {
        var rest = limit - time.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
