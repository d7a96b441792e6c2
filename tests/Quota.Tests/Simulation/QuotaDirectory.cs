using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Which activations of the quota there are, and which one a request reaches: one as a rule, any of several at worst.</summary>
internal sealed class QuotaDirectory(World world, SimulatedStore store, Dice dice, Coverage coverage, Sabotage sabotage)
{
    private readonly List<SimulatedActivation> _activations = [];
    private readonly SimulatedActivation?[] _current = new SimulatedActivation?[2]; // of each cluster
    private long _scatteredUntil;
    private bool _sticks;
    private int _spawned;

    public required QuotaTerms Terms { get; set; }

    /// <summary>How many clusters share the quota: 1 or 2. Every second gateway belongs to the second.</summary>
    public required int Clusters { get; init; }

    /// <summary>Those that live.</summary>
    public IReadOnlyList<SimulatedActivation> Activations => _activations;

    /// <summary>The one that wrote what is in the store, if it still lives.</summary>
    public SimulatedActivation? InCharge => store.Record is { } record ? _activations.Find(a => a.Id == record.Writer) : null;

    public void Ask(int gateway, LeaseRequest request, Action<LeaseReply?> answer)
    {
        var activation = Route(gateway);
        world.At(world.Now, activation, () =>
        {
            world.Trace?.Say(world.Now, $"{activation.Id}: asked by {request.Holder}#{request.Number} held {request.Held}, in use {request.InUse}+{request.Unleased}, needed {request.Needed}, wanted {request.Wanted}{(request.IsLast ? ", last" : "")}");
            activation.Ask(request, answer);
        });
    }

    public void SetLimit(int limit, int versionError)
    {
        var activation = Route(0);
        world.At(world.Now, activation, () => activation.SetLimit(limit, activation.Snapshot.Version + versionError, reply =>
        {
            world.Trace?.Say(world.Now, $"{activation.Id}: limit {limit} is {reply?.Outcome}");
            if (reply?.Outcome is SetLimitOutcome.Changed) coverage.See(Sight.LimitsChanged);
            if (reply?.Outcome is SetLimitOutcome.VersionMismatch) coverage.See(Sight.VersionMismatches);
        }));
    }

    public void Crash(int target)
    {
        if (Pick(target) is { } victim) victim.IsDead = true;
    }

    public void Pause(int target, int length, bool isThoughtDead)
    {
        if (Pick(target) is not { } victim) return;
        victim.FrozenUntil = Math.Max(victim.FrozenUntil, world.Now + length);
        if (isThoughtDead && victim == _current[victim.Cluster]) _current[victim.Cluster] = null;
    }

    public void Drift(int target, int rate) => Pick(target)?.Clock.RunAt(rate, world.Now);

    public void CutOff(int target, int length)
    {
        if (Pick(target) is { } victim) victim.CutOffUntil = world.Now + length;
    }

    public void Multiply(int length, int more, bool sticks)
    {
        for (; more > 0; more--) Spawn(more % Clusters);
        (_scatteredUntil, _sticks) = (world.Now + length, sticks);
    }

    /// <summary>All silos start anew with another configuration.</summary>
    public void Configure(int? limit)
    {
        foreach (var activation in _activations) activation.IsDead = true;
        Terms = Terms with { Limit = limit };
    }

    public void Recover()
    {
        _scatteredUntil = 0;
        foreach (var activation in _activations) activation.FrozenUntil = activation.CutOffUntil = 0;
    }

    private SimulatedActivation? Pick(int target)
    {
        Sweep();
        return _activations.Count is 0 ? null : _activations[target % _activations.Count];
    }

    private SimulatedActivation Route(int gateway)
    {
        Sweep();
        var cluster = gateway % Clusters;
        var there = _activations.Where(a => a.Cluster == cluster).ToList();
        if (world.Now < _scatteredUntil && there.Count > 0) return there[_sticks ? gateway / Clusters % there.Count : dice.Roll(there.Count)];
        if (_current[cluster] is not { IsDead: false, IsSuperseded: false }) _current[cluster] = Spawn(cluster);
        return _current[cluster]!;
    }

    private void Sweep() => _activations.RemoveAll(a => a.IsDead || a.IsSuperseded);

    private SimulatedActivation Spawn(int cluster)
    {
        var rate = sabotage is Sabotage.LedgerClockIsFast ? 200_000 : dice.Pick(-50_000, 50_000, 0, dice.Between(-50_000, 50_000));
        var clock = new DriftingClock(TimeSpan.FromSeconds(dice.Roll(100_000)), rate);
        var activation = new SimulatedActivation(world, store, $"a{++_spawned}", Terms with { Cluster = $"c{cluster}" }, clock, coverage, sabotage) { Cluster = cluster };
        _activations.Add(activation);
        if (_activations.Count(a => a.Cluster == cluster) > 1) coverage.See(Sight.ActivationsOverlapped);
        world.Trace?.Say(world.Now, $"{activation.Id}: begins");
        return activation;
    }
}
