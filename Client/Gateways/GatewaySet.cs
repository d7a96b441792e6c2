using System.Net;

namespace OrleansEcho.Client.Gateways;

/// <summary>The gateways of a pool: which there are, which is next, and which are left alone for a while.</summary>
internal sealed class GatewaySet
{
    // Every failure doubles the wait, until it is far beyond any maximum.
    private const int MostDoublings = 30;

    // A resolver that failed is asked again soon, but not by every tick.
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(1);

    private readonly GatewayChoice _choice;
    private readonly TimeSpan _firstEjection;
    private readonly TimeSpan _longestEjection;
    private readonly TimeSpan _resolveInterval;
    private readonly Random _random;
    private readonly List<Gateway> _all = [];
    private readonly List<Gateway> _candidates = [];
    private int _turn;

    public GatewaySet(IEnumerable<GatewayAddress> addresses, GatewayChoice choice, TimeSpan firstEjection, TimeSpan longestEjection, TimeSpan resolveInterval, Random random)
    {
        (_choice, _firstEjection, _longestEjection, _resolveInterval, _random) = (choice, firstEjection, longestEjection, resolveInterval, random);
        foreach (var address in addresses)
        {
            if (address.EndPoint is { } endPoint) _all.Add(new Gateway(address, endPoint));
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

    public bool AnyAvailable(TimeSpan now)
    {
        foreach (var gateway in _all)
        {
            if (gateway.IsAvailable(now)) return true;
        }

        return false;
    }

    public static void Succeeded(Gateway gateway) => (gateway.Failures, gateway.EjectedUntil) = (0, TimeSpan.Zero);

    /// <summary>Leaves a gateway alone: twice as long with every failure, and up to a half less by chance, so that clients do not come back together.</summary>
    /// <param name="gateway">The gateway that could not be connected to.</param>
    /// <param name="begun">When that was begun: what was under way when another one failed is the same failure.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">What has failed.</param>
    /// <returns>For how long; null when it was counted with another one.</returns>
    public TimeSpan? Failed(Gateway gateway, TimeSpan begun, TimeSpan now, Exception fault)
    {
        (gateway.LastFault, gateway.SuspectSince) = (fault, now);
        if (gateway.Failures > 0 && begun <= gateway.FailedAt) return null;
        var doubled = _firstEjection * (1L << Math.Min(gateway.Failures, MostDoublings));
        var wait = (doubled < _longestEjection ? doubled : _longestEjection) * (1 - (_random.NextDouble() / 2));
        (gateway.Failures, gateway.FailedAt, gateway.EjectedUntil) = (gateway.Failures + 1, now, now + wait);
        return wait;
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
        _all.AddRange(endPoints.Select(endPoint => new Gateway(name.Address, endPoint)));
        return gone;
    }

    /// <summary>A name could not be resolved: what it stood for before is kept.</summary>
    public static void NotResolved(GatewayName name, TimeSpan now, Exception fault) => (name.IsResolving, name.Fault, name.DueAt) = (false, fault, now + ResolveAgain);

    /// <summary>All gateways and what is wrong with each, for the message of an exception.</summary>
    public string Describe(TimeSpan now)
    {
        var gateways = _all.Select(gateway => gateway.LastFault is { } fault && gateway.Failures > 0
            ? $"{gateway.Name} is tried again in {Math.Max(0, (gateway.EjectedUntil - now).TotalSeconds):0.0} s ({fault.Message.TrimEnd('.')})"
            : $"{gateway.Name} is available");
        var names = Names.Where(name => name.Fault is not null).Select(name => $"{name.Address.Host} cannot be resolved ({name.Fault!.Message.TrimEnd('.')})");
        return string.Join("; ", gateways.Concat(names));
    }

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
