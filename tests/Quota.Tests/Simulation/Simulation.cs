using OrleansEcho.Grains.Quota;
using static OrleansEcho.Quota.Tests.Simulation.FaultKind;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>One schedule from its start to its end: chaos, quiet, and a gateway that then asks for everything.</summary>
internal sealed class Simulation
{
    private readonly Schedule _schedule;
    private readonly Coverage _coverage;
    private readonly Sabotage _sabotage;
    private readonly World _world;
    private readonly SimulatedStore _store;
    private readonly SimulatedNetwork _network;
    private readonly QuotaDirectory _directory;
    private readonly DriftingClock[] _clocks;
    private readonly SimulatedGateway?[] _gateways;
    private readonly int[] _runs;
    private readonly Monitor _monitor;
    private int _steps;

    private Simulation(Schedule schedule, Coverage coverage, Sabotage sabotage, Trace? trace)
    {
        (_schedule, _coverage, _sabotage, _world) = (schedule, coverage, sabotage, new World(trace));
        _store = new SimulatedStore(_world, new Dice(schedule.Seed, 1), schedule.Latency, coverage, sabotage);
        _network = new SimulatedNetwork(_world, schedule.Latency);
        _directory = new QuotaDirectory(_world, _store, new Dice(schedule.Seed, 2), coverage, sabotage) { Terms = schedule.Terms, Clusters = schedule.Clusters };
        _clocks = [.. schedule.Gateways.Select((plan, i) => new DriftingClock(TimeSpan.FromSeconds(new Dice(schedule.Seed, 100 + (ulong)i).Roll(100_000)), plan.Drift))];
        _gateways = new SimulatedGateway?[schedule.Gateways.Count];
        _runs = new int[schedule.Gateways.Count];
        _monitor = new Monitor(_world, _directory, _gateways) { Bound = schedule.Limit is null ? null : 0 };
        _store.Stored = _monitor.Note;
        if (schedule.IsKnown) _store.Begin(new QuotaRecord { Epoch = 1, Writer = "a0", Limit = schedule.Limit, ConfiguredLimit = schedule.Limit, Version = 1, IsComplete = true });
        for (var i = 0; i < _gateways.Length; i++) Begin(i);
        foreach (var fault in schedule.Faults) _world.At(fault.At, null, () => Inject(fault));
    }

    /// <summary>Runs a schedule.</summary>
    /// <returns>What did not hold; null when all did.</returns>
    public static Violation? Run(Schedule schedule, Coverage? coverage = null, Sabotage sabotage = Sabotage.None)
    {
        var violation = Try(schedule, coverage ?? new Coverage(), sabotage, null);
        if (violation is null) return null;
        var trace = new Trace(); // again, and with words: it goes the same way
        return (Try(schedule, new Coverage(), sabotage, trace) ?? violation) with { Trace = trace.ToString() };
    }

    /// <summary>Runs a schedule without keeping what happened.</summary>
    public static Violation? Try(Schedule schedule, Coverage coverage, Sabotage sabotage, Trace? trace)
    {
        var simulation = new Simulation(schedule, coverage, sabotage, trace);
        try
        {
            simulation.Go();
            return null;
        }
        catch (ViolationException found)
        {
            return simulation.Describe(found.Invariant, found.Message);
        }
#pragma warning disable CA1031 // whatever the production code throws is a finding
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return simulation.Describe(Invariant.NothingIsThrown, thrown.ToString());
        }
    }

    private Violation Describe(Invariant invariant, string detail) => new(_schedule, invariant, detail, _world.Now, _steps);

    private void Go()
    {
        Until(_schedule.Duration);
        EndFaults();

        // A request that comes as late as this renews its holder's lease, though that has died since.
        Until(Math.Max(_world.Now, _network.LatestArrival) + QuietTime);
        foreach (var gateway in _gateways) gateway!.IsQuiet = true;
        new Probe(_world, _directory, _gateways!, _schedule, _coverage, Until).Run();
    }

    // As long as it may take until what nobody holds is free on every clock: a lease with its margin, on a slow clock; before it, what
    // was under way has to be given up (2 s, and 1 s for the store); after it, everybody has to ask once more.
    private int QuietTime => (int)((QuotaTerms.WaitFor(_schedule.Terms.Lease) + _schedule.Terms.Renew + TimeSpan.FromSeconds(3)).TotalMilliseconds / 0.95) + (10 * _schedule.Latency) + 500;

    private void Until(long moment)
    {
        while (_world.Step(moment))
        {
            _steps++;
            _monitor.Check();
        }
    }

    private void Begin(int index)
    {
        var run = ++_runs[index];
        _gateways[index] = new SimulatedGateway(_world, index, run, _schedule.Gateways[index], _clocks[index], _directory, _network, new Dice(_schedule.Seed, (ulong)(1_000 + (index * 100) + run)), _coverage, _sabotage)
        {
            LosesNoLease = KeepsLeases,
        };
    }

    private bool KeepsLeases { get; set; } = true;

    private void EndFaults()
    {
        _world.Trace?.Say(_world.Now, "all faults end");
        _store.Recover();
        _network.Recover();
        _directory.Recover();
        for (var i = 0; i < _gateways.Length; i++)
        {
            if (_gateways[i] is not { IsDead: false } gateway) Begin(i);
            else gateway.FrozenUntil = 0;
            _gateways[i]!.IsShut = true;
        }
    }

    private void Inject(Fault fault)
    {
        _world.Trace?.Say(_world.Now, $"fault: {fault}");
        var length = Math.Min(fault.Length, _schedule.Duration - fault.At); // all end with the schedule
        var index = fault.Target % _gateways.Length;
        var gateway = _gateways[index] is { IsDead: false } living ? living : null;
        switch (fault.Kind)
        {
            case GatewayCrashes:
                gateway?.Crash();
                Revive(index, length);
                break;
            case GatewayStops:
                if (gateway is not null && gateway.FrozenUntil <= _world.Now) gateway.Stop();
                Revive(index, length);
                break;
            case GatewayPauses:
                gateway?.Freeze(length);
                break;
            case GatewayDrifts:
                if (gateway is null) _clocks[index].RunAt(fault.Amount, _world.Now);
                else gateway.Drift(fault.Amount);
                break;
            case GatewayIsCutOff:
                _network.CutOff(index, length);
                break;
            case Surge:
                if (gateway is not null) _world.At(_world.Now, gateway, () => gateway.Admit(fault.Amount, fault.Length));
                break;
            case Exodus:
                if (gateway is not null) _world.At(_world.Now, gateway, gateway.CloseAll);
                break;
            case ActivationCrashes:
                _directory.Crash(fault.Target);
                break;
            case ActivationPauses:
                _directory.Pause(fault.Target, length, fault.Amount is not 0);
                break;
            case ActivationDrifts:
                _directory.Drift(fault.Target, fault.Amount);
                break;
            case ActivationIsCutOff:
                _directory.CutOff(fault.Target, length);
                break;
            case ActivationsMultiply:
                _directory.Multiply(length, fault.Amount, fault.Target % 2 is 1);
                break;
            case MessagesAreLost:
                _network.Lose(length, fault.Amount);
                break;
            case MessagesAreLate:
                _network.Delay(length, fault.Amount);
                break;
            case MessagesAreRepeated:
                _network.Repeat(length, fault.Amount);
                break;
            case StoreIsDown:
                _store.GoDown(length, fault.Amount is not 0);
                break;
            case StoreIsSlow:
                _store.GoSlow(length, fault.Amount);
                break;
            case StoreLosesAnswers:
                _store.LoseAnswers(length, fault.Amount);
                break;
            case StoreWritesLate:
                _store.WriteLate(length, fault.Amount);
                break;
            case StoreIsEmptied:
                _store.Empty();
                break;
            case StoreGoesBack:
                _store.GoBack(fault.Amount);
                _monitor.IsExact = false;
                LoseLeases();
                break;
            case LimitIsSet:
                _directory.SetLimit(fault.Amount, fault.Target);
                break;
            case LimitIsConfigured:
                _directory.Configure(fault.Amount is 0 ? null : fault.Amount);
                if (fault.Amount is 0) _monitor.Bound = null; // an unlimited quota writes nothing
                LoseLeases();
                break;
        }
    }

    private void LoseLeases()
    {
        KeepsLeases = false;
        foreach (var gateway in _gateways) gateway!.LosesNoLease = false;
    }

    private void Revive(int index, int after) => _world.After(after, null, () =>
    {
        if (_gateways[index] is { IsDead: true }) Begin(index);
    });
}
