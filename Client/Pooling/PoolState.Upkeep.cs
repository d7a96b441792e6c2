using System.Net;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

// What happens by time, to names, and at the end; and what can be seen.
internal sealed partial class PoolState
{
    /// <summary>Time has passed.</summary>
    public void Tick(TimeSpan now)
    {
        foreach (var name in gateways.Names)
        {
            if (IsClosed || name.IsResolving || now < name.DueAt) continue;
            name.IsResolving = true;
            _effects.Enqueue(new PoolEffect.Resolve(name));
        }

        CloseOld(now);
        ReportLeaks(now);
        Serve(now);
    }

    /// <summary>A name was resolved.</summary>
    public void Resolved(GatewayName name, IReadOnlyList<IPAddress> addresses, TimeSpan now)
    {
        foreach (var gateway in gateways.Resolved(name, addresses, now))
        {
            while (gateway.Idle.Count > 0) Close(TakeIdle(gateway), CloseCause.GatewayGone);
        }

        Serve(now);
    }

    /// <summary>A name could not be resolved.</summary>
    public void NotResolved(GatewayName name, Exception fault, TimeSpan now)
    {
        // Once, and not each time that it is tried again.
        if (!IsClosed && name.Fault?.Message != fault.Message) _effects.Enqueue(new PoolEffect.ReportNotResolved(name, fault));
        GatewaySet.NotResolved(name, now, fault);
        Serve(now);
        FailIfNobodyIsLeft(now);
    }

    /// <summary>Nothing is leased any more; what is leased may return.</summary>
    public void Close(TimeSpan now)
    {
        if (IsClosed) return;
        IsClosed = true;
        FailAll(static () => new ObjectDisposedException(nameof(EchoClientPool)));
        foreach (var connection in _all.Where(
            static connection => connection.State is PooledConnectionState.Idle or PooledConnectionState.Validating).ToList())
        {
            connection.Gateway.Idle.Remove(connection);
            Close(connection, CloseCause.PoolClosed);
        }

        Serve(now);
    }

    /// <summary>Closes what is still leased.</summary>
    /// <returns>How many connections those are.</returns>
    public int Abandon(TimeSpan now)
    {
        var leased = _all.Where(static connection => connection.State is PooledConnectionState.Leased).ToList();
        foreach (var connection in leased)
        {
            connection.Gateway.Leased--;
            Close(connection, CloseCause.PoolClosed);
        }

        Serve(now);
        return leased.Count;
    }

    public EchoPoolStatistics Read(TimeSpan now) => new(
        Count(PooledConnectionState.Leased),
        Count(PooledConnectionState.Idle),
        Count(PooledConnectionState.Opening),
        Count(PooledConnectionState.Validating),
        Waiting,
        _created,
        _destroyed,
        IsClosed,
        [
            .. gateways.All.Select(gateway => new EchoGatewayStatus(
                gateway.Name,
                gateways.IsAvailable(gateway, now),
                gateway.Leased,
                gateway.Idle.Count,
                gateway.Requests.Value,
                gateway.Ejection.Failures,
                gateway.LastFault?.Message)),
        ]);

    /// <summary>For one who has waited too long: who holds what.</summary>
    /// <param name="timeout">The call's own time-out; the option's when null.</param>
    /// <param name="now">The time.</param>
    public EchoPoolTimeoutException TooLate(TimeSpan? timeout, TimeSpan now) => TooLate("No connection", timeout, now);

    /// <summary>The same for one who has waited for the minimum size.</summary>
    public EchoPoolTimeoutException NotFilled(TimeSpan now) =>
        TooLate($"Not all {options.MinimumSize} connections (MinimumSize)", null, now);

    private EchoPoolTimeoutException TooLate(string what, TimeSpan? timeout, TimeSpan now)
    {
        var within = timeout is { } own
            ? $"{own.TotalSeconds:0.###} s (the call's time-out)" : $"{options.AcquireTimeout.TotalSeconds:0.###} s (AcquireTimeout)";
        return new EchoPoolTimeoutException(
            $"{what} of pool '{options.Name}' within {within}: {Count(PooledConnectionState.Leased)} of {options.MaximumSize} are "
            + $"leased{Holders(now)}; "
            + $"{Coming} are being opened or asked; {Waiting} more callers wait. Gateways: {gateways.Describe(now)}.",
            Read(now));
    }

    // Who holds most, and for how long at the longest: a leak and a slow caller look different.
    private string Holders(TimeSpan now)
    {
        const int Told = 3;
        var holders = _all.Where(static connection => connection.State is PooledConnectionState.Leased)
            .GroupBy(static connection => connection.Origin)
            .Select(static held => (Origin: held.Key, Count: held.Count(), Since: held.Min(static connection => connection.LeasedAt)))
            .OrderByDescending(static holder => holder.Count).ThenBy(static holder => holder.Since)
            .ToList();
        if (holders.Count is 0) return "";
        var told = holders.Take(Told).Select(holder =>
            $"{holder.Count} by {holder.Origin}, {(holder.Count is 1 ? "for" : "the longest for")} "
            + $"{(now - holder.Since).TotalSeconds:0.0} s");
        var more = holders.Skip(Told).Sum(static holder => holder.Count);
        return $" ({string.Join("; ", told)}{(more is 0 ? "" : $"; {more} by others")})";
    }

    private void CloseOld(TimeSpan now)
    {
        foreach (var gateway in gateways.All)
        {
            // The ones that have idled longest stand first.
            for (var i = 0; i < gateway.Idle.Count;)
            {
                var connection = gateway.Idle[i];
                var isOld = now >= connection.Until;
                if (!isOld && (now - connection.LastUsed < options.IdleTimeout || Total <= options.MinimumSize))
                {
                    i++;
                    continue;
                }

                gateway.Idle.RemoveAt(i);
                Close(connection, isOld ? CloseCause.MaximumLifetime : CloseCause.IdleTimeout);
            }
        }
    }

    private void ReportLeaks(TimeSpan now)
    {
        if (options.LeakThreshold is not { } threshold) return;
        foreach (var connection in _all)
        {
            if (connection.State is not PooledConnectionState.Leased || connection.IsReported || now - connection.LeasedAt < threshold)
            {
                continue;
            }

            connection.IsReported = true;
            _effects.Enqueue(new PoolEffect.ReportLeak(connection.Origin, connection.Gateway.Name, now - connection.LeasedAt));
        }
    }
}
