using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend;

/// <summary>
/// One connection's line to its grain. It remembers what the peer's echoes amount to, so that a grain that vanished can be opened
/// again, on any silo, without the set in flight being lost or counted twice.
/// </summary>
internal sealed class OrleansBackendConnection(ConnectionId id, ConnectionOpening opening, SiloLinks links, BackendRetry retry) : IBackendConnection
{
    // After a set that was late, so many go alone, so that a grain that takes its time holds up no others.
    private const int AloneAfterLate = 64;

    private readonly PendingSet _pending = new(id.Number);
    private long _messages = opening.Messages;
    private long _bytes = opening.Bytes;
    private long _nextSequence = opening.NextSequence;
    private SiloLink? _link;
    private IConnectionGrain? _grain;
    private SetLane? _lane;
    private int _aloneFor;

    /// <summary>
    /// Opens the grain for the first time, for a peer that waits for it: it waits for its turn as long as for one call, and then has the
    /// patience of one call. A silo that does not open it in half of that leaves the other half to another, if there is one.
    /// </summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var turn = await TakeTurnAsync(cancellationToken);
            await OpenInTurnAsync(cancellationToken);
        }
        catch (BackendUnavailableException fault) when (!IsLost && fault.InnerException is TimeoutException)
        {
            Leave();
            throw new BackendOverloadedException("A silo is there and did not open the connection in time.", fault);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MessageSet> EchoAsync(MessageSet set, CancellationToken cancellationToken)
    {
        var link = _link;
        var tries = retry.Begin(retry.Patience);
        if (link!.TryDismiss())
        {
            var other = links.TryChoose(link);
            if (IsLost || other is { IsLeaving: false }) return await RepeatAsync(set, tries, other, isOpen: true, cancellationToken);
        }

        var isOpen = true;
        try
        {
            // The way of nearly every set, bounded by the client's own time-out and by the silo's life, and no timer of ours.
            if (await AskAsync(link, set) is { } reply) return Acknowledge(set, reply);
            isOpen = false;
        }
        catch (Exception fault) when (BackendRetry.IsTransient(fault))
        {
            cancellationToken.ThrowIfCancellationRequested(); // its connection was given up meanwhile
            await tries.FailedAsync(fault, waits: !IsLost, cancellationToken);
            if (ShouldTryAnother(fault)) link = null;
        }

        return await RepeatAsync(set, tries, link, isOpen, cancellationToken);
    }

    public async ValueTask CloseAsync(CloseReason reason)
    {
        var link = _link!;
        Leave();
        try
        {
            await TellAsync(link, BatchedSet.Closes(_pending.Connection, reason));
        }
        catch (Exception fault) when (BackendRetry.IsTransient(fault))
        {
            // Its silo is gone and the grain with it, or it idles and is collected: either way nothing is left to tell.
        }
    }

    /// <summary>Waits for its turn on the silo that it goes to: <see cref="_link"/>. Null when there is none now.</summary>
    private async ValueTask<RateLimitLease?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var since = retry.Time.GetTimestamp();
        while (links.TryChoose() is { } link)
        {
            var patience = retry.CallTimeout - retry.Time.GetElapsedTime(since);
            if (patience <= TimeSpan.Zero) throw new BackendOverloadedException("It was not the connection's turn on any silo in time.");
            if (link != _link) Enter(link);
            var turn = await link.Openings.EnterAsync(patience, retry.Time, link.Lost, cancellationToken);
            if (turn is not null && (!link.IsShunned || links.TryChoose() is not { IsShunned: false })) return turn;
            turn?.Dispose(); // others have waited in vain on that silo
        }

        return null;
    }

    private async ValueTask OpenInTurnAsync(CancellationToken cancellationToken)
    {
        var tries = retry.Begin(retry.CallTimeout, perCall: links.All.Length > 1 ? retry.CallTimeout / 2 : null);
        var link = _link;
        while (true)
        {
            try
            {
                link ??= await tries.BoundAsync(links.ChooseAsync(_link, cancellationToken), default, cancellationToken);
                if (link != _link) Enter(link);
                var telling = TellAsync(link, BatchedSet.Opens(_pending.Connection, opening)); // ends when the silo is lost
                await tries.BoundAsync(telling, default, cancellationToken);
                return;
            }
            catch (Exception fault) when (BackendRetry.IsTransient(fault))
            {
                cancellationToken.ThrowIfCancellationRequested(); // its connection was given up meanwhile
                _link?.Shun();
                link = null;
                await tries.FailedAsync(fault, waits: !IsLost, cancellationToken);
            }
        }
    }

    /// <summary>Has a set answered the first time: with others when the line is busy, and by itself when it is idle.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MessageSet?> AskAsync(SiloLink link, MessageSet set)
    {
        if (_lane is not { } lane || _aloneFor > 0)
        {
            if (_aloneFor > 0) _aloneFor--;
            return await AskAloneAsync(link, set);
        }

        if (lane.TryGoAlone())
        {
            try
            {
                return await AskAloneAsync(link, set);
            }
            finally
            {
                lane.Return();
            }
        }

        var answer = await lane.SendAsync(_pending, BatchedSet.Of(_pending.Connection, set));
        if (answer.Outcome is not SetOutcome.Late) return answer.Set;
        _aloneFor = AloneAfterLate;
        return await CollectAsync(link, lane, set.Sequence);
    }

    /// <summary>Has the grain opened, or closed: with others when the line is busy, and by itself when it is idle.</summary>
    private async ValueTask TellAsync(SiloLink link, BatchedSet part)
    {
        if (_lane is not { } lane)
        {
            await TellAloneAsync(part).WaitAsync(link.Lost);
            return;
        }

        if (lane.TryGoAlone())
        {
            try
            {
                await TellAloneAsync(part).WaitAsync(link.Lost);
            }
            finally
            {
                lane.Return();
            }

            return;
        }

        // One of its own: an opening that is not waited for any more may still be answered.
        var answer = await lane.SendAsync(new PendingSet(part.Connection), part);
        if (answer.Outcome is SetOutcome.Late) await CollectAsync(link, lane, part.Sequence);
    }

    // As long as a call would wait: in one process there is no call whose time-out would end it.
    private ValueTask<MessageSet?> CollectAsync(SiloLink link, SetLane lane, long sequence) =>
        retry.Begin(retry.CallTimeout).BoundAsync(lane.CollectAsync(_pending.Connection, sequence), link.Lost, default);

    private async Task TellAloneAsync(BatchedSet part)
    {
        if (part.Opening is { } opened) await _grain!.OpenAsync(opened);
        else await _grain!.CloseAsync(part.Closing!.Value);
    }

    private ValueTask<MessageSet?> AskAloneAsync(SiloLink link, MessageSet set)
    {
        var call = _grain!.EchoAsync(set);
        return call.IsCompleted ? call : new(call.AsTask().WaitAsync(link.Lost));
    }

    private bool IsLost => _link is null or { Lost.IsCancellationRequested: true };

    private bool ShouldTryAnother(Exception fault) => IsLost || fault is TimeoutException;

    /// <summary>Sends a set again until it is answered.</summary>
    /// <param name="set">The set.</param>
    /// <param name="tries">What is left of the patience.</param>
    /// <param name="next">The silo to try; null for another than the one that failed, if there is one.</param>
    /// <param name="isOpen">Whether the grain is open on its silo, as far as is known.</param>
    /// <param name="cancellationToken">The connection is given up.</param>
    private async Task<MessageSet> RepeatAsync(MessageSet set, BackendRetry.Tries tries, SiloLink? next, bool isOpen, CancellationToken cancellationToken)
    {
        var hasVanished = !isOpen;
        while (true)
        {
            try
            {
                next ??= await tries.BoundAsync(links.ChooseAsync(_link, cancellationToken), default, cancellationToken);
                if (next != _link)
                {
                    Enter(next);
                    retry.ConnectionMoved();
                    isOpen = false;
                }

                if (!isOpen) await tries.BoundAsync(_grain!.OpenAsync(Reopening()), next.Lost, cancellationToken);
                isOpen = true;
                if (await tries.BoundAsync(_grain!.EchoAsync(set), next.Lost, cancellationToken) is { } reply) return Acknowledge(set, reply);

                // A grain that vanished is opened at once, one that vanishes again not so fast.
                isOpen = false;
                if (hasVanished) await tries.FailedAsync(null, waits: true, cancellationToken);
                hasVanished = true;
            }
            catch (Exception fault) when (BackendRetry.IsTransient(fault))
            {
                cancellationToken.ThrowIfCancellationRequested(); // its connection was given up meanwhile
                if (!isOpen) _link!.Shun();
                await tries.FailedAsync(fault, waits: !IsLost, cancellationToken);
                if (ShouldTryAnother(fault)) next = null;
            }
        }
    }

    private void Enter(SiloLink link)
    {
        _link?.Exit();
        link.Enter();
        _link = link;
        _lane = link.LaneOf(_pending.Connection);
        _grain = link.ConnectionGrains[id];
    }

    private void Leave()
    {
        _link?.Exit();
        _link = null;
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
