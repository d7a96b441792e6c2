using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>
/// What a pool decides, without a clock, a thread or a socket: things happen to it, one at a time, and it leaves what is to be done in
/// a queue of effects. Those who wait are served in the order in which they came; nobody overtakes.
/// </summary>
internal sealed partial class PoolState(EchoClientPoolOptions options, GatewaySet gateways, Random random, ILeaseOwner? owner)
{
    // Lifetimes end up to a tenth early: connections that were opened together are not closed together.
    private const double LifetimeJitter = 0.1;

    private readonly LinkedList<AcquireRequest> _waiting = [];
    private readonly List<FillRequest> _filling = [];
    private readonly List<PooledConnection> _all = [];
    private readonly Queue<PoolEffect> _effects = [];
    private readonly int[] _counts = new int[Enum.GetValues<PooledConnectionState>().Length];
    private long _created;
    private long _destroyed;

    public bool IsClosed { get; private set; }

    public int Total => _all.Count;

    public int Waiting => _waiting.Count;

    // Connections that will be idle soon, or not at all: each is expected by one who waits.
    private int Coming => Count(PooledConnectionState.Opening) + Count(PooledConnectionState.Validating);

    public int Count(PooledConnectionState state) => _counts[(int)state];

    public bool TryTakeEffect([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PoolEffect? effect) =>
        _effects.TryDequeue(out effect);

    /// <summary>Leases an idle connection at once, if nobody waits and one is there that needs no validation.</summary>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public bool TryAcquire(LeaseOrigin origin, TimeSpan now, out EchoLease lease)
    {
        lease = default;
        ThrowIfClosed();
        if (_waiting.Count > 0 || FindFresh(now) is not { } gateway) return false;
        lease = Lease(TakeIdle(gateway), origin, now);
        return true;
    }

    /// <summary>Somebody waits.</summary>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public void Enqueue(AcquireRequest request, TimeSpan now)
    {
        ThrowIfClosed();
        request.Place = _waiting.AddLast(request);
        Serve(now);
    }

    /// <summary>Somebody waits no longer.</summary>
    /// <returns>False when he was served or failed before: then that counts.</returns>
    public bool GiveUp(AcquireRequest request)
    {
        if (request.Place is not { } place) return false;
        _waiting.Remove(place);
        request.Place = null;
        return true;
    }

    /// <summary>Somebody waits for the minimum size.</summary>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public void Enqueue(FillRequest request, TimeSpan now)
    {
        ThrowIfClosed();
        _filling.Add(request);
        Serve(now);
    }

    /// <summary>Somebody waits no longer for the minimum size.</summary>
    /// <returns>False when that was reached or failed before: then that counts.</returns>
    public bool GiveUp(FillRequest request) => _filling.Remove(request);

    /// <summary>A lease ends.</summary>
    /// <param name="connection">Which connection's.</param>
    /// <param name="generation">Which one: only the last one of a connection can end.</param>
    /// <param name="isReusable">Whether the connection can be lent again.</param>
    /// <param name="echoedSince">A time after which it has echoed something; null when it never has for a caller.</param>
    /// <param name="now">The time.</param>
    public void Return(PooledConnection connection, long generation, bool isReusable, TimeSpan? echoedSince, TimeSpan now)
    {
        if (connection.State is not PooledConnectionState.Leased || connection.Generation != generation) return;
        connection.Generation++;
        connection.Gateway.Leased--;
        if (connection.IsReported) _effects.Enqueue(new PoolEffect.ReportLateReturn(connection.Origin, now - connection.LeasedAt));
        (connection.Origin, connection.IsReported, connection.LastUsed) = (default, false, now);
        if (echoedSince > connection.AliveAt) connection.AliveAt = echoedSince.Value; // a lease that nothing was sent on has shown nothing
        if (WhyNotKeep(connection, isReusable, now) is { } cause) Close(connection, cause);
        else PutIdle(connection);
        Serve(now);
    }

    /// <summary>A connection was opened, and has echoed.</summary>
    public void Opened(PooledConnection connection, TimeSpan now)
    {
        connection.Gateway.Opening--;
        _created++;
        if (connection.Gateway.Ejection.Failures > 0) _effects.Enqueue(new PoolEffect.ReportReturn(connection.Gateway));
        gateways.Succeeded(connection.Gateway);
        (connection.LastUsed, connection.AliveAt) = (now, now);
        connection.Until = now + (options.MaximumLifetime * (1 - (LifetimeJitter * random.NextDouble())));
        if (WhyNotKeep(connection, isReusable: true, now) is { } cause) Close(connection, cause);
        else PutIdle(connection);
        Serve(now);
    }

    /// <summary>A connection could not be opened, or the gateway refused it.</summary>
    public void NotOpened(PooledConnection connection, Exception fault, TimeSpan now)
    {
        connection.Gateway.Opening--;
        Remove(connection);
        if (!IsClosed)
        {
            var wait = gateways.Failed(connection.Gateway, connection.BegunAt, now, fault);
            if (wait is { } ejection && !connection.Gateway.IsGone)
            {
                _effects.Enqueue(new PoolEffect.ReportEjection(connection.Gateway, ejection, fault));
            }
        }

        Serve(now);
        FailIfNobodyIsLeft(now);
    }

    /// <summary>A connection that has idled was asked whether it lives.</summary>
    public void Validated(PooledConnection connection, bool isAlive, TimeSpan now)
    {
        if (connection.State is not PooledConnectionState.Validating) return; // the pool was closed meanwhile
        connection.LastUsed = now;
        if (isAlive) connection.AliveAt = now;
        if (!isAlive) Distrust(connection, now);
        else if (WhyNotKeep(connection, isReusable: true, now) is { } cause) Close(connection, cause);
        else PutIdle(connection);
        Serve(now);
    }

    /// <summary>A connection ended by itself.</summary>
    /// <param name="connection">Which one.</param>
    /// <param name="isSuspicious">Whether its gateway's other connections may have ended, too, without anybody knowing.</param>
    /// <param name="now">The time.</param>
    public void Ended(PooledConnection connection, bool isSuspicious, TimeSpan now)
    {
        connection.HasEnded = true;
        if (isSuspicious) connection.Gateway.SuspectSince = now;
        if (connection.State is PooledConnectionState.Idle)
        {
            connection.Gateway.Idle.Remove(connection);
            Close(connection, CloseCause.Broken);
        }

        Serve(now);
    }

    private static bool IsFresh(PooledConnection connection, TimeSpan validateAfter, TimeSpan now) =>
        now - connection.AliveAt < validateAfter && connection.AliveAt >= connection.Gateway.SuspectSince;

    // Serves those who wait, first come first, with what is there, and begins what has to come for the rest.
    private void Serve(TimeSpan now)
    {
        while (_waiting.Count > 0)
        {
            if (FindFresh(now) is { } fresh)
            {
                var request = _waiting.First!.Value;
                _ = GiveUp(request);
                request.Grant(Lease(TakeIdle(fresh), request.Origin, now));
                continue;
            }

            if (_waiting.Count <= Coming) break;
            if (gateways.Choose(static (gateway, _) => gateway.Idle.Count > 0, now) is { } stale)
            {
                var connection = TakeIdle(stale);
                SetState(connection, PooledConnectionState.Validating);
                _effects.Enqueue(new PoolEffect.Validate(connection));
            }
            else if (!TryOpen(now))
            {
                break;
            }
        }

        while (!IsClosed && Total < options.MinimumSize && TryOpen(now))
        {
        }

        if (Total - Count(PooledConnectionState.Opening) >= options.MinimumSize)
        {
            foreach (var request in _filling) request.Grant();
            _filling.Clear();
        }

        // Nobody is left: one gateway at a time is tried nevertheless, so that those who wait hear of it when it is back.
        if (_waiting.Count + _filling.Count > 0 && Total is 0)
        {
            TryOpen(static (gateway, state) => state.gateways.IsLastResort(gateway, state.now), now);
        }

        if (IsClosed && Total is 0) _effects.Enqueue(new PoolEffect.Drained());
    }

    private Gateway? FindFresh(TimeSpan now) => gateways.Choose(
        static (gateway, state) => gateway.Idle is [.., var last] && IsFresh(last, state.ValidateAfter, state.now),
        (options.ValidateAfter, now));

    private bool TryOpen(TimeSpan now) => TryOpen(static (gateway, state) => state.gateways.IsAvailable(gateway, state.now), now);

    private bool TryOpen(Func<Gateway, (GatewaySet gateways, TimeSpan now), bool> willDo, TimeSpan now)
    {
        if (Total >= options.MaximumSize || gateways.Choose(willDo, (gateways, now)) is not { } gateway) return false;
        var connection = new PooledConnection(gateway, owner) { State = PooledConnectionState.Opening, BegunAt = now };
        _counts[(int)PooledConnectionState.Opening]++;
        _all.Add(connection);
        gateway.Opening++;
        _effects.Enqueue(new PoolEffect.Open(connection));
        return true;
    }

    // After a failure, when nothing else is under way: who comes from now on waits for the next try.
    private void FailIfNobodyIsLeft(TimeSpan now)
    {
        if (_waiting.Count + _filling.Count > 0 && Total is 0 && !gateways.Names.Exists(static name => name.IsResolving)) FailAll(now);
    }

    private void FailAll(TimeSpan now)
    {
        var names = string.Join(", ", options.Gateways);
        var last = gateways.All.MaxBy(static gateway => gateway.FaultAt)?.LastFault
            ?? gateways.Names.Find(static name => name.Fault is not null)?.Fault;
        FailAll(() => new EchoGatewaysDownException(
            names, $"No gateway of pool '{options.Name}' can be used: {gateways.Describe(now)}.", last));
    }

    // An exception of his own for each: it takes a stack trace when it is thrown.
    private void FailAll(Func<Exception> fault)
    {
        while (_waiting.First is { Value: var request })
        {
            _ = GiveUp(request);
            request.Fail(fault());
        }

        foreach (var request in _filling) request.Fail(fault());
        _filling.Clear();
    }

    private EchoLease Lease(PooledConnection connection, LeaseOrigin origin, TimeSpan now)
    {
        SetState(connection, PooledConnectionState.Leased);
        connection.Gateway.Leased++;
        (connection.Origin, connection.LeasedAt) = (origin, now);
        return new EchoLease(connection, ++connection.Generation);
    }

    private CloseCause? WhyNotKeep(PooledConnection connection, bool isReusable, TimeSpan now)
    {
        if (IsClosed) return CloseCause.PoolClosed;
        if (!isReusable || connection.HasEnded) return CloseCause.Broken;
        if (connection.Gateway.IsGone) return CloseCause.GatewayGone;
        return now >= connection.Until ? CloseCause.MaximumLifetime : null;
    }

    // Those that idle beside one that is dead are not asked one by one: each would cost the caller a time-out.
    private void Distrust(PooledConnection dead, TimeSpan now)
    {
        dead.Gateway.SuspectSince = now;
        Close(dead, CloseCause.ValidationFailed);
        while (dead.Gateway.Idle.Count > 0) Close(TakeIdle(dead.Gateway), CloseCause.ValidationFailed);
    }

    private static PooledConnection TakeIdle(Gateway gateway)
    {
        var connection = gateway.Idle[^1];
        gateway.Idle.RemoveAt(gateway.Idle.Count - 1);
        return connection;
    }

    private void PutIdle(PooledConnection connection)
    {
        SetState(connection, PooledConnectionState.Idle);
        connection.Gateway.Idle.Add(connection);
    }

    // An idle one was taken out of its gateway's list before.
    private void Close(PooledConnection connection, CloseCause cause)
    {
        Remove(connection);
        _destroyed++;
        _effects.Enqueue(new PoolEffect.Close(connection, cause));
    }

    private void Remove(PooledConnection connection)
    {
        SetState(connection, PooledConnectionState.Closed);
        _all.Remove(connection);
    }

    private void SetState(PooledConnection connection, PooledConnectionState state)
    {
        _counts[(int)connection.State]--;
        _counts[(int)state]++;
        connection.State = state;
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, typeof(EchoClientPool));
}
