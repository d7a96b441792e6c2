using System.Net;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Gateways;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>
/// A pool's state among things that happen to it in any order. After each of them, everything that must always be true is checked.
/// </summary>
internal sealed class PoolSimulation
{
    private static readonly Exception Down = new IOException("nobody listens");
    private static readonly Exception Full = new EchoRefusedException("10.0.0.1:1", EchoReason.QuotaExceeded, "QuotaExceeded", "");
    private static readonly SimulatedEvent[] Events = Enum.GetValues<SimulatedEvent>();

    private readonly EchoClientPoolOptions _options = new()
    {
        LeakThreshold = TimeSpan.FromSeconds(20),
        IdleTimeout = TimeSpan.FromSeconds(30),
        MaximumLifetime = TimeSpan.FromMinutes(2),
    };
    private readonly GatewaySet _gateways;
    private readonly PoolState _state;
    private readonly List<AcquireRequest> _asked = []; // those who wait, as they came
    private readonly List<FillRequest> _filling = [];
    private readonly List<EchoLease> _leased = [];
    private readonly List<EchoLease> _returned = [];
    private readonly List<PooledConnection> _opening = [];
    private readonly List<PooledConnection> _validating = [];
    private readonly HashSet<PooledConnection> _open = [];
    private readonly Dictionary<EchoLease, PooledConnection> _connections = [];
    private TimeSpan _now;
    private int _closes;
    private bool _isDrained;

    public PoolSimulation(int maximum, int minimum, GatewayChoice choice, int seed)
    {
        (_options.MaximumSize, _options.MinimumSize) = (maximum, Math.Min(minimum, maximum));
        foreach (var gateway in new[] { "10.0.0.1:1", "10.0.0.2:1", "name.example:1" }) _options.Gateways.Add(gateway);
        var addresses = _options.Gateways.Select(text => GatewayAddress.TryParse(text, out var address, out _) ? address : null!);
        var random = new Random(seed);
        _gateways = new GatewaySet(addresses, choice, _options.FirstEjection, _options.LongestEjection, _options.ResolveInterval, random);
        _state = new PoolState(_options, _gateways, random, owner: null);
        _state.Tick(_now);
        DoEffects();
    }

    public int Granted { get; private set; }

    public int Failed { get; private set; }

    public int GivenUp { get; private set; }

    public void Run(IEnumerable<(int Event, int Which)> schedule)
    {
        foreach (var (index, which) in schedule)
        {
            Happen(Events[index % Events.Length], which);
            Settle($"after {Events[index % Events.Length]} {which}");
        }

        ServeEverybody();
        CloseDown();
    }

    private void Happen(SimulatedEvent what, int which)
    {
        switch (what)
        {
            case SimulatedEvent.Acquire or SimulatedEvent.AcquireMore:
                Acquire();
                break;
            case SimulatedEvent.Return when Pick(_leased, which) is { } index:
                Return(index, isReusable: which % 5 is not 0);
                break;
            case SimulatedEvent.ReturnAgain when Pick(_returned, which) is { } index:
                _state.Return(_connections[_returned[index]], GenerationOf(_returned[index]), isReusable: true, _now, _now);
                break;
            case SimulatedEvent.GiveUp when Pick(_asked, which) is { } index && _state.GiveUp(_asked[index]):
                _asked.RemoveAt(index);
                GivenUp++;
                break;
            case SimulatedEvent.Open when Pick(_opening, which) is { } index:
                FinishOpening(index, isOpen: true);
                break;
            case SimulatedEvent.FailToOpen when Pick(_opening, which) is { } index:
                FinishOpening(index, isOpen: false, isFull: which % 3 is 0);
                break;
            case SimulatedEvent.FinishValidation when Pick(_validating, which) is { } index:
                FinishValidation(index, isAlive: which % 4 is not 0);
                break;
            case SimulatedEvent.End when _open.Count > 0:
                var ended = _open.ElementAt(which % _open.Count);
                if (!ended.HasEnded) _state.Ended(ended, isSuspicious: which % 2 is 0, _now);
                break;
            case SimulatedEvent.Prewarm:
                var fill = new FillRequest();
                _filling.Add(fill);
                _state.Enqueue(fill, _now);
                if (which % 4 is 0 && _state.GiveUp(fill)) _filling.Remove(fill);
                break;
            case SimulatedEvent.PassTime:
                _now += TimeSpan.FromMilliseconds(250 * (1L << (which % 9)));
                _state.Tick(_now);
                break;
            case SimulatedEvent.Resolve when _gateways.Names.Find(name => name.IsResolving) is { } name:
                if (which % 4 is 0) _state.NotResolved(name, new IOException("no such name"), _now);
                else _state.Resolved(name, [IPAddress.Parse($"10.1.0.{which % 3}"), IPAddress.Parse($"10.1.0.{which % 2}")], _now);
                break;
        }
    }

    private static int? Pick<T>(List<T> list, int which) => list.Count is 0 ? null : which % list.Count;

    // A lease keeps its generation to itself; the connection counts up once for the lease and once for its return.
    private long GenerationOf(EchoLease lease) => _generations[lease];

    private readonly Dictionary<EchoLease, long> _generations = [];

    private void Acquire()
    {
        var origin = new LeaseOrigin("Simulation", "Simulation.cs", 1);
        if (_state.TryAcquire(origin, _now, out var lease))
        {
            // Who was served as he queued has not been looked at yet; he waits no more.
            Check(_asked.TrueForAll(static request => request.Task.IsCompleted), "somebody who came later was served first");
            Take(lease);
            return;
        }

        var request = new AcquireRequest(origin);
        _asked.Add(request);
        _state.Enqueue(request, _now);
    }

    private void Take(EchoLease lease)
    {
        Granted++;
        var connection = _open.Single(candidate => candidate.State is PooledConnectionState.Leased
            && lease == new EchoLease(candidate, candidate.Generation));
        Check(_leased.All(other => _connections[other] != connection), "a connection was leased twice");
        (_connections[lease], _generations[lease]) = (connection, connection.Generation);
        _leased.Add(lease);
    }

    private void Return(int index, bool isReusable)
    {
        var lease = _leased[index];
        _leased.RemoveAt(index);
        _returned.Add(lease);
        _state.Return(_connections[lease], _generations[lease], isReusable, _returned.Count % 2 is 0 ? _now : null, _now);
    }

    private void FinishOpening(int index, bool isOpen, bool isFull = false)
    {
        var connection = _opening[index];
        _opening.RemoveAt(index);
        if (isOpen) _open.Add(connection);
        if (isOpen) _state.Opened(connection, _now);
        else _state.NotOpened(connection, isFull ? Full : Down, _now);
    }

    private void FinishValidation(int index, bool isAlive)
    {
        var connection = _validating[index];
        _validating.RemoveAt(index);
        _state.Validated(connection, isAlive, _now);
    }

    private void Settle(string when)
    {
        DoEffects();
        try
        {
            CollectAnswers();
            CheckCounts();
            CheckNobodyIsForgotten();
        }
        catch (InvalidOperationException fault)
        {
            throw new InvalidOperationException($"{fault.Message}, {when}", fault);
        }
    }

    private void DoEffects()
    {
        while (_state.TryTakeEffect(out var effect))
        {
            if (effect is PoolEffect.Open open) _opening.Add(open.Connection);
            if (effect is PoolEffect.Validate validate) _validating.Add(validate.Connection);
            if (effect is PoolEffect.Drained) _isDrained = true;
            if (effect is not PoolEffect.Close close) continue;
            _closes++;
            Check(_open.Remove(close.Connection), "a connection was closed that was not open");
            Check(_leased.All(lease => _connections[lease] != close.Connection), "a leased connection was closed");
        }
    }

    private void CollectAnswers()
    {
        var isWaitingSeen = false;
        foreach (var request in _asked.ToList())
        {
            if (!request.Task.IsCompleted)
            {
                isWaitingSeen = true;
                continue;
            }

            Check(!isWaitingSeen, "somebody who came later was answered first");
            _asked.Remove(request);
            if (request.Task.IsCompletedSuccessfully) Take(request.Task.GetAwaiter().GetResult());
            else Failed++;
        }
    }

    private void CheckCounts()
    {
        var counts = _state.Read(_now);
        Check(counts.Total <= _options.MaximumSize && counts.Total == _state.Total, "there are more connections than the maximum");
        Check(counts.Leased == _leased.Count, "leases do not add up");
        Check(counts.Opening == _opening.Count, "openings do not add up");
        Check(counts.Waiting == _asked.Count, "those who wait do not add up");
        Check(counts.Destroyed == _closes, "closed connections do not add up");
        Check(counts.Created - counts.Destroyed == counts.Leased + counts.Idle + counts.Validating,
            "created and destroyed connections do not add up");
        Check(counts.Gateways.Sum(gateway => gateway.Idle) == counts.Idle, "idle connections are lost");
        Check(_gateways.All.All(gateway => gateway is { Leased: >= 0, Opening: >= 0 }), "a gateway has less than nothing");
    }

    private void CheckNobodyIsForgotten()
    {
        var counts = _state.Read(_now);
        _filling.RemoveAll(static request => request.Task.IsCompleted);
        Check(_filling.Count is 0 || counts.Total - counts.Opening < _options.MinimumSize, "somebody waits for a minimum that is reached");
        if (counts.Waiting <= counts.Opening + counts.Validating) return;
        Check(counts.Idle is 0, "somebody waits although a connection idles");
        Check(counts.Total == _options.MaximumSize || !_gateways.AnyAvailable(_now),
            "somebody waits although a connection could be opened");
        if (counts.Total > 0) return;
        Check(!_gateways.All.Any(gateway => _gateways.IsLastResort(gateway, _now)),
            "somebody waits although a last gateway could be tried");
        Check(_gateways.All.Count > 0 || _gateways.Names.Exists(name => name.IsResolving || name.Fault is not null),
            "somebody waits for nothing");
    }

    // From here on nothing fails: everybody who waits has to be served.
    private void ServeEverybody()
    {
        for (var round = 0; _asked.Count > 0; round++)
        {
            Check(round < 10_000, "somebody is never served");
            if (_opening.Count > 0) FinishOpening(0, isOpen: true);
            else if (_validating.Count > 0) FinishValidation(0, isAlive: true);
            else if (_leased.Count > 0) Return(0, isReusable: true);
            else if (_gateways.Names.Exists(name => name.IsResolving)) Happen(SimulatedEvent.Resolve, 1);
            else Happen(SimulatedEvent.PassTime, 1); // for the next try
            Settle("at the end");
        }
    }

    private void CloseDown()
    {
        for (var i = 0; i < 3; i++) Acquire();
        Settle("before the close");
        _state.Close(_now);
        Settle("after the close");
        Check(_asked.Count + _filling.Count is 0, "somebody waits for a closed pool");
        while (_opening.Count > 0) FinishOpening(0, isOpen: _opening.Count % 2 is 0);
        while (_validating.Count > 0) FinishValidation(0, isAlive: true);
        while (_leased.Count > 0) Return(0, isReusable: true);
        Settle("after the drain");
        Check(_isDrained && _open.Count is 0 && _state.Total is 0, "a connection leaked");
    }

    private static void Check(bool isSo, string otherwise)
    {
        if (!isSo) throw new InvalidOperationException(otherwise);
    }
}
