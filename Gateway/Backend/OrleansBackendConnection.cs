using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// One connection's line to its grain. It remembers what the peer's echoes amount to, so that a grain that vanished can be opened
/// again, anywhere, without the set in flight being lost or counted twice.
/// </summary>
internal sealed class OrleansBackendConnection(IConnectionGrain grain, ConnectionOpening opening, BackendRetry retry) : IBackendConnection
{
    private long _messages = opening.Messages;
    private long _bytes = opening.Bytes;
    private long _nextSequence = opening.NextSequence;

    /// <summary>Opens the grain for the first time: for a peer that waits for it, so with the patience of one call.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        var since = retry.Now;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await grain.OpenAsync(opening);
                return;
            }
            catch (Exception fault) when (BackendRetry.IsTransient(fault))
            {
                await retry.WaitAsync(attempt, since, retry.CallTimeout, fault, cancellationToken);
            }
        }
    }

    public async ValueTask<MessageSet> EchoAsync(MessageSet set, CancellationToken cancellationToken)
    {
        var since = retry.Now;
        Exception? failure = null;
        try
        {
            // The way of nearly every set: one call, bounded by the client's own time-out, and no timer of ours.
            if (await grain.EchoAsync(set) is { } reply) return Acknowledge(set, reply);
        }
        catch (Exception fault) when (BackendRetry.IsTransient(fault))
        {
            failure = fault;
        }

        return await RepeatAsync(set, since, failure, cancellationToken);
    }

    public async ValueTask CloseAsync(CloseReason reason)
    {
        try
        {
            await grain.CloseAsync(reason);
        }
        catch (Exception fault) when (BackendRetry.IsTransient(fault))
        {
            // Its silo is gone and the grain with it, or it idles and is collected: either way nothing is left to tell.
        }
    }

    /// <summary>Sends a set again until it is answered: after a fault, or (null) after the grain said that it is not open.</summary>
    private async Task<MessageSet> RepeatAsync(MessageSet set, long since, Exception? failure, CancellationToken cancellationToken)
    {
        var mustOpen = failure is null;
        var mustWait = failure is not null;
        for (var attempt = 1; ; attempt++)
        {
            if (mustWait) await retry.WaitAsync(attempt, since, retry.Patience, failure, cancellationToken);
            failure = null;
            try
            {
                if (mustOpen) await retry.BoundAsync(grain.OpenAsync(Reopening()), since, retry.Patience, cancellationToken);
                if (await retry.BoundAsync(grain.EchoAsync(set), since, retry.Patience, cancellationToken) is { } reply) return Acknowledge(set, reply);
                (mustOpen, mustWait) = (true, mustOpen); // a grain that vanished is opened at once, one that vanishes again not so fast
            }
            catch (Exception fault) when (BackendRetry.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
            {
                (failure, mustWait) = (fault, true);
            }
        }
    }

    private ConnectionOpening Reopening() => opening with { NextSequence = _nextSequence, Messages = _messages, Bytes = _bytes };

    private MessageSet Acknowledge(MessageSet set, MessageSet reply)
    {
        if (reply.Sequence != set.Sequence) throw new InvalidOperationException($"Set {set.Sequence} was answered as set {reply.Sequence}.");
        _messages += set.Count;
        _bytes += set.Bytes.Length;
        _nextSequence = set.Sequence + 1;
        return reply;
    }
}
