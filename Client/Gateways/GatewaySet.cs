using System.Net;
using OrleansEcho.Client.Faults;

namespace OrleansEcho.Client.Gateways;

/// <summary>The gateways of a pool: which there are, which is next, and which are left alone for a while.</summary>
internal sealed class GatewaySet
{
    // A resolver that failed is asked again soon, but not by every tick.
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(1);

    private readonly GatewayChoice _choice;
    private readonly Func<Ejection> _newEjection;
    private readonly TimeSpan _resolveInterval;
    private readonly Random _random;
    private readonly Ejection _cluster;
    private readonly List<Gateway> _all = [];
    private readonly List<Gateway> _candidates = [];
    private int _turn;

    public GatewaySet(IEnumerable<GatewayAddress> addresses, GatewayChoice choice, TimeSpan firstEjection, TimeSpan longestEjection, TimeSpan resolveInterval, Random random)
    {
        (_choice, _resolveInterval, _random) = (choice, resolveInterval, random);
        _newEjection = () => new Ejection(firstEjection, longestEjection, random);
        _cluster = _newEjection();
        foreach (var address in addresses)
        {
            if (address.EndPoint is { } endPoint) _all.Add(new Gateway(address, endPoint, _newEjection()));
            else Names.Add(new GatewayName(address));
        }
    }

    public IReadOnlyList<Gateway> All => _all;

    public List<GatewayName> Names { get; } = [];

    /// <summary>The next one out of those that will do; null when none does.</summary>
    public Gateway? Choose<TState>(Func<Gateway, TState, bool> willDo, TState state)
    {
        _candidates.Clear();
        for (var i = 0; i < _all.Count; i++)
        {
            var gateway = _all[(_turn + i) % _all.Count];
            if (willDo(gateway, state)) _candidates.Add(gateway);
        }

        if (_candidates.Count is 0) return null;
        var chosen = _choice switch
        {
            GatewayChoice.LeastOutstanding => Least(),
            GatewayChoice.PowerOfTwoChoices when _candidates.Count > 1 => BetterOfTwo(),
            _ => _candidates[0],
        };
        _turn = (_all.IndexOf(chosen) + 1) % _all.Count;
        return chosen;
    }

    /// <summary>Whether a connection to it may be opened: it has not failed, and the whole cluster is not full, or that was a while ago.</summary>
    public bool IsAvailable(Gateway gateway, TimeSpan now) => gateway.IsAvailable(now) && _cluster.IsOver(now) && MayTryCluster;

    /// <summary>Whether a connection to it may be opened when none is available, and none is connected to.</summary>
    public bool IsLastResort(Gateway gateway, TimeSpan now) => gateway.IsLastResort(now) && now >= _cluster.UntilAsLastResort && MayTryCluster;

    public bool AnyAvailable(TimeSpan now) => _all.Exists(gateway => IsAvailable(gateway, now));

    /// <summary>A connection was opened.</summary>
    public void Succeeded(Gateway gateway)
    {
        gateway.Ejection.Succeeded();
        _cluster.Succeeded();
    }

    /// <summary>Leaves a gateway alone for a while; or all of them, where it spoke for the whole cluster.</summary>
    /// <param name="gateway">The gateway that could not be connected to, or has refused a connection.</param>
    /// <param name="begun">When that was begun: what was under way when another one failed is the same failure.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">What has failed.</param>
    /// <returns>For how long the gateway is left alone; null when it was counted with another failure, or is the whole cluster's.</returns>
    public TimeSpan? Failed(Gateway gateway, TimeSpan begun, TimeSpan now, Exception fault)
    {
        (gateway.LastFault, gateway.FaultAt) = (fault, now);
        if (fault is EchoReasonException { Reason: EchoReason.QuotaExceeded })
        {
            // Another gateway of the same cluster would say the same; this one is well.
            _cluster.Failed(begun, now);
            return null;
        }

        gateway.SuspectSince = now;
        return gateway.Ejection.Failed(begun, now);
    }

    /// <summary>A name was resolved: new addresses join, and those that it stands for no more are gone.</summary>
    /// <returns>Those that are gone.</returns>
    public IReadOnlyList<Gateway> Resolved(GatewayName name, IReadOnlyList<IPAddress> addresses, TimeSpan now)
    {
        (name.IsResolving, name.Fault, name.DueAt) = (false, null, now + _resolveInterval);
        var endPoints = addresses.Select(address => new IPEndPoint(address, name.Address.Port)).ToHashSet<EndPoint>();
        var gone = _all.Where(gateway => gateway.Address == name.Address && !endPoints.Contains(gateway.EndPoint)).ToList();
        foreach (var gateway in gone)
        {
            gateway.IsGone = true;
            _all.Remove(gateway);
        }

        endPoints.ExceptWith(_all.Where(gateway => gateway.Address == name.Address).Select(gateway => gateway.EndPoint));
        _all.AddRange(endPoints.Select(endPoint => new Gateway(name.Address, endPoint, _newEjection())));
        return gone;
    }

    /// <summary>A name could not be resolved: what it stood for before is kept.</summary>
    public static void NotResolved(GatewayName name, TimeSpan now, Exception fault) => (name.IsResolving, name.Fault, name.DueAt) = (false, fault, now + ResolveAgain);

    /// <summary>All gateways and what is wrong with each, for the message of an exception.</summary>
    public string Describe(TimeSpan now)
    {
        var isAnyLeft = AnyAvailable(now);
        var gateways = _all.Select(gateway => gateway.LastFault is { } fault && (gateway.Ejection.Failures > 0 || !_cluster.IsOver(now))
            ? $"{gateway.Name} is tried again in {Math.Max(0, (NextTry(gateway) - now).TotalSeconds):0.0} s ({fault.Message.TrimEnd('.')})"
            : $"{gateway.Name} is available");
        var names = Names.Where(name => name.Fault is not null).Select(name => $"{name.Address.Host} cannot be resolved ({name.Fault!.Message.TrimEnd('.')})");
        return string.Join("; ", gateways.Concat(names));

        TimeSpan NextTry(Gateway gateway) => isAnyLeft
            ? Later(gateway.Ejection.Until, _cluster.Until)
            : Later(gateway.Ejection.UntilAsLastResort, _cluster.UntilAsLastResort);

        static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
    }

    // One that was full is tried by one opening at a time, whichever gateway that goes to.
    private bool MayTryCluster => _cluster.Failures is 0 || _all.TrueForAll(static gateway => gateway.Opening is 0);

    // The candidates stand in the order of turns: the first of equals is whose turn it is.
    private Gateway Least()
    {
        var least = _candidates[0];
        foreach (var gateway in _candidates)
        {
            if (gateway.IsLessBusyThan(least)) least = gateway;
        }

        return least;
    }

    private Gateway BetterOfTwo()
    {
        var first = _random.Next(_candidates.Count);
        var second = _random.Next(_candidates.Count - 1);
        if (second >= first) second++;
        return _candidates[second].IsLessBusyThan(_candidates[first]) ? _candidates[second] : _candidates[first];
    }
}
