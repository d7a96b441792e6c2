using OrleansEcho.Gateway.Admission.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>
/// One run of a gateway: drives its <see cref="PermitPool"/> as QuotaKeeper (asking), QuotaLimiter (waiting) and ConnectionRegistry
/// (closing) do between them.
/// </summary>
internal sealed partial class SimulatedGateway : Actor
{
    private static readonly TimeSpan AbortEarly = TimeSpan.FromMilliseconds(300); // QuotaLimiter
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250); // CoarseClock.Resolution

    private readonly World _world;
    private readonly GatewayPlan _plan;
    private readonly DriftingClock _clock;
    private readonly QuotaDirectory _directory;
    private readonly SimulatedNetwork _network;
    private readonly Dice _dice;
    private readonly Coverage _coverage;
    private readonly Sabotage _sabotage;
    private readonly TimeSpan _lease;
    private readonly List<SimulatedConnection> _connections = []; // oldest first
    private readonly LinkedList<WaitingConnection> _waiting = new();
    private int _generation;

    public SimulatedGateway(World world, int index, int run, GatewayPlan plan, DriftingClock clock, QuotaDirectory directory,
        SimulatedNetwork network, Dice dice, Coverage coverage, Sabotage sabotage)
    {
        (_world, Index, _plan, _clock, _directory, _network, _dice, _coverage, _sabotage) =
            (world, index, plan, clock, directory, network, dice, coverage, sabotage);
        Holder = $"g{index}.{run}";
        _lease = directory.Terms.Lease;
        Pool = new PermitPool(Holder, $"g{index}", plan.Policy, plan.Reserve);
        world.At(world.Now, this, Drive);
        world.After(dice.Roll(250), this, Tick);
        if (plan.Interval > 0) world.After(dice.Roll(plan.Interval), this, Arrive);
    }

    public int Index { get; }

    public string Holder { get; }

    public PermitPool Pool { get; }

    public GatewayPlan Plan => _plan;

    public bool IsStrict => _plan.Policy is QuotaPolicy.Strict;

    /// <summary>Nobody comes any more.</summary>
    public bool IsShut { get; set; }

    /// <summary>Nobody goes any more, but who is told to.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Whether the store has kept what it was told, so that no lease may be lost.</summary>
    public bool LosesNoLease { get; set; } = true;

    public TimeSpan Now => _clock.At(_world.Now);

    /// <summary>What it may rely on at this moment, whether or not it is frozen.</summary>
    public int Believed => !Pool.IsUnlimited && Pool.HasLease(Now) ? Pool.Held : 0;

    /// <summary>
    /// Connections admitted under a limit whose permit is valid, and which would be served if it acted now: the pump looks at this
    /// before each write, frozen in between or not.
    /// </summary>
    public int Serving => Now < Pool.VoidAt ? Valid : 0;

    /// <summary>Connections admitted under a limit that are open, served or not.</summary>
    public int OpenUnderLimit { get; private set; }

    public int Open => _connections.Count;

    public int WaitingCount => _waiting.Count;

    /// <summary>When it thawed last.</summary>
    public long ThawedAt { get; private set; }

    private int Valid { get; set; }

    public void Freeze(int length)
    {
        FrozenUntil = Math.Max(FrozenUntil, _world.Now + length);
        ThawedAt = FrozenUntil;
    }

    public void Drift(int rate)
    {
        _clock.RunAt(rate, _world.Now);
        _wakesAt = long.MaxValue;
        _world.At(_world.Now, this, Drive);
    }

    public void Crash() => IsDead = true;

    /// <summary>Drains, gives everything back, and ends.</summary>
    public void Stop()
    {
        CloseAll();
        if (!Pool.IsUnlimited) Send(Pool.Finish());
        IsDead = true;
    }

    public void CloseAll()
    {
        foreach (var connection in _connections.ToList()) Close(connection);
    }

    /// <summary>So many connections come at once.</summary>
    public void Admit(int count, int life)
    {
        for (; count > 0; count--)
        {
            if (_waiting.Count is 0 && TryTake(life)) continue;
            if (_plan.Wait is 0 || Pool.Outlook is not (PermitOutlook.Soon or PermitOutlook.Unanswered))
            {
                Refuse();
                continue;
            }

            var place = _waiting.AddLast(new WaitingConnection(life));
            At(Now + TimeSpan.FromMilliseconds(_plan.Wait), () =>
            {
                if (place.List is null) return;
                _waiting.Remove(place);
                Refuse();
                Drive();
            });
        }

        Drive();
    }

    private void Arrive()
    {
        if (IsShut) return;
        Admit(_plan.Batch, (_plan.Life / 4) + _dice.Roll(_plan.Life * 3 / 2));
        _world.After((_plan.Interval / 2) + _dice.Roll(_plan.Interval), this, Arrive);
    }

    private bool TryTake(int life)
    {
        var hadLease = Pool.IsUnlimited || Pool.HasLease(Now);
        var isAdmitted = Pool.TryAcquire(Now);
        Notice(); // it may have found that the lease is over
        if (!isAdmitted) return false;
        _coverage.See(Sight.ConnectionsAdmitted);
        if (!hadLease) _coverage.See(Sight.AdmittedFromReserve);
        var connection = new SimulatedConnection(Pool.Generation, Pool.IsUnlimited);
        _connections.Add(connection);
        if (!connection.IsFromUnlimited)
        {
            Valid++;
            OpenUnderLimit++;
        }

        _world.After(life, this, () =>
        {
            if (!IsQuiet) Close(connection);
        });
        return true;
    }

    private void Refuse()
    {
        Pool.NoteRefusal();
        _coverage.See(Sight.ConnectionsRefused);
    }

    private void Close(SimulatedConnection connection)
    {
        if (connection.IsClosed) return;
        connection.IsClosed = true;
        _connections.Remove(connection);
        if (!connection.IsFromUnlimited)
        {
            OpenUnderLimit--;
            if (connection.Generation == Pool.Generation) Valid--;
        }

        Pool.Release(connection.Generation);
        ServeWaiting();
        Drive();
    }

    private void ServeWaiting()
    {
        while (_waiting.First is { } first)
        {
            if (TryTake(first.Value.Life))
            {
                _coverage.See(Sight.WaitingServed);
            }
            else
            {
                if (Pool.Outlook is PermitOutlook.Soon or PermitOutlook.Unanswered) return;
                Refuse();
            }

            _waiting.Remove(first);
        }
    }

    private void Tick()
    {
        Pool.Tick(Now);
        Notice();
        Meet();
        Drive();
        At(Now + TickInterval, Tick);
    }

    /// <summary>Closes what the quota wants closed: some at once, some when it must be.</summary>
    private void Meet()
    {
        var abortBefore = Pool.VoidAt == TimeSpan.MaxValue || Now >= Pool.VoidAt - AbortEarly ? Pool.Generation : 0;
        foreach (var connection in _connections.Where(c => c.Generation < Pool.Generation).ToList())
        {
            if (connection.Generation < abortBefore)
            {
                _coverage.See(Sight.ClosedAtLeaseEnd);
                Close(connection);
            }
            else
            {
                CloseSoon(connection, 1_000);
            }
        }

        if (Pool.CloseDownTo is not { } rest || Open <= rest) return;
        foreach (var connection in _connections.Skip(rest))
        {
            if (!connection.IsClosing) _coverage.See(Sight.ClosedByLowering);
            CloseSoon(connection, 500);
        }
    }

    private void CloseSoon(SimulatedConnection connection, int within)
    {
        if (connection.IsClosing) return;
        connection.IsClosing = true;
        if (_dice.Chance(80)) _world.After(_dice.Roll(within), this, () => Close(connection)); // the others wait for their peers
    }

    // Connections of an earlier generation are not served any more.
    private void Notice()
    {
        if (_generation == Pool.Generation) return;
        _generation = Pool.Generation;
        Valid = 0;
    }

    private void At(TimeSpan time, Action action) => _world.At(Math.Max(_world.Now + 1, _clock.When(time)), this, action);

    private sealed record WaitingConnection(int Life);
}

internal sealed class SimulatedConnection(int generation, bool isFromUnlimited)
{
    public int Generation => generation;

    /// <summary>It was admitted while there was no limit: nobody has promised a permit for it.</summary>
    public bool IsFromUnlimited => isFromUnlimited;

    public bool IsClosing { get; set; }

    public bool IsClosed { get; set; }
}
