using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// Has connections open on a silo a few at a time, first come, first served, and the others wait. If all were sent at once, a busy silo
/// would answer most of them too late: they would be sent again, which makes it busier still, until nobody is opened in time. Safe for any
/// thread.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It lives as long as its link, which is not disposed of; the limiter has no timer and no handle.")]
internal sealed class OpeningQueue
{
    /// <summary>
    /// How many are under way at a time: half a batch, so that the line is never idle for want of more, and each is answered in time by a
    /// silo that opens a hundred a second.
    /// </summary>
    public const int MaxAtATime = 256;

    /// <summary>How many wait at most: more than a silo opens on a small machine in the few seconds that they would wait.</summary>
    public const int MaxWaiting = 8192;

    private readonly ConcurrencyLimiter _turns = new(new()
    {
        PermitLimit = MaxAtATime,
        QueueLimit = MaxWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn, which lasts until it is disposed of.</summary>
    /// <param name="patience">How long to wait; more than zero.</param>
    /// <param name="time">The clock.</param>
    /// <param name="lost">The silo is lost.</param>
    /// <param name="cancellationToken">The connection is given up.</param>
    /// <returns>The turn; null when the silo is lost.</returns>
    /// <exception cref="BackendOverloadedException">Too many wait, or it was not its turn in time.</exception>
    /// <exception cref="OperationCanceledException">The connection was given up.</exception>
    public async ValueTask<RateLimitLease?> EnterAsync(
        TimeSpan patience, TimeProvider time, CancellationToken lost, CancellationToken cancellationToken)
    {
        var turn = _turns.AttemptAcquire();
        if (turn.IsAcquired) return turn;
        using var late = new CancellationTokenSource(patience, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, lost, cancellationToken);
        try
        {
            turn = await _turns.AcquireAsync(1, any.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (lost.IsCancellationRequested) return null;
            throw new BackendOverloadedException($"It was not the connection's turn to be opened within {patience.TotalSeconds:0.#} s.");
        }

        return turn.IsAcquired ? turn : throw new BackendOverloadedException($"{MaxWaiting} connections wait to be opened.");
    }
}
