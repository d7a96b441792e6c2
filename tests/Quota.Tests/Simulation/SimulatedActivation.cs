using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>
/// An activation of the quota's grain: drives its <see cref="QuotaLedger"/> between messages and the store exactly as ConnectionQuotaGrain
/// does, in the same order and with the same patience.
/// </summary>
internal sealed class SimulatedActivation : Actor
{
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly SimulatedStore _store;
    private readonly Coverage _coverage;
    private readonly Sabotage _sabotage;
    private readonly Dictionary<int, Action<LedgerAnswer?>> _waiting = [];
    private readonly DriftingClock _clock;
    private readonly QuotaLedger _ledger;
    private LedgerCounts _counted = new();
    private long _eTag;
    private int _call; // of the store: the latest
    private int _awaited; // the call that the driver waits for; 0 for none
    private bool _callIsUnderWay;
    private bool _wasRead;

    public SimulatedActivation(World world, SimulatedStore store, string id, QuotaTerms terms, DriftingClock clock, Coverage coverage, Sabotage sabotage)
    {
        (_world, _store, _clock, _coverage, _sabotage, Id) = (world, store, clock, coverage, sabotage, id);
        _ledger = new QuotaLedger(id, terms);
        Snapshot = _ledger.Describe(Now);
        Start(Read, OnFirstRead);
    }

    public string Id { get; }

    /// <summary>Whose gateways it lends to: 0 or 1.</summary>
    public required int Cluster { get; init; }

    public bool IsSuperseded => _ledger.IsSuperseded;

    /// <summary>What it knew when it last did something.</summary>
    public QuotaSnapshot Snapshot { get; private set; }

    public bool IsUnlimited => _wasRead && Snapshot.Limit is null;

    public DriftingClock Clock => _clock;

    /// <summary>Until when it does not reach the store.</summary>
    public long CutOffUntil { get; set; }

    /// <summary>How often it has read the store: what it finds there may be more than it knew, such as a write that it had given up.</summary>
    public int Reads { get; private set; }

    /// <summary>Somebody waits, and nothing is under way that could answer.</summary>
    public bool HasForgottenSomebody => _waiting.Count > 0 && _awaited is 0;

    public void Ask(LeaseRequest request, Action<LeaseReply?> answer)
    {
        if (_ledger.IsSuperseded)
        {
            answer(null);
            return;
        }

        _waiting.Add(_ledger.Ask(request, Now), said => answer(said?.Lease));
        Drive();
    }

    public void SetLimit(int limit, long version, Action<SetLimitReply?> answer)
    {
        if (_ledger.IsSuperseded) return;
        _waiting.Add(_ledger.SetLimit(limit, version, Now), said => answer(said?.Limit));
        Drive();
    }

    private TimeSpan Now => _clock.At(_world.Now);

    private void Drive()
    {
        if (_awaited is not 0 || !_wasRead) return;
        while (!_ledger.IsSuperseded && _ledger.HasQuestions)
        {
            if (_ledger.NeedsRead)
            {
                if (!Start(Read, OnRead)) continue;
                return;
            }

            var record = _ledger.BeginWrite(Now);
            Deliver();
            if (record is null) continue;
            if (_sabotage is Sabotage.AnswerBeforeWrite)
            {
                _store.Write(this, record, _eTag, answer => _eTag = answer.Outcome is StoreOutcome.Done ? answer.ETag : _eTag);
                _ledger.Written(Now);
                Deliver();
                continue;
            }

            if (Start(done => _store.Write(this, record, _eTag, done), OnWritten)) return;
        }

        Deliver();
    }

    private void Read(Action<StoreAnswer> done) => _store.Read(this, done);

    /// <returns>Whether the call is under way; otherwise it has failed already.</returns>
    private bool Start(Action<Action<StoreAnswer>> call, Action<StoreAnswer> done)
    {
        if (_callIsUnderWay)
        {
            // One call at a time: the earlier one was given up, but has not ended.
            Fail();
            return false;
        }

        var number = ++_call;
        (_awaited, _callIsUnderWay) = (number, true);
        if (_world.Now < CutOffUntil) _world.After(1, this, () => End(new StoreAnswer(StoreOutcome.Failed)));
        else call(End);
        _world.At(_clock.When(Now + StorePatience), this, () =>
        {
            if (_awaited != number) return;
            _awaited = 0;
            done(new StoreAnswer(StoreOutcome.Failed));
        });
        return true;

        void End(StoreAnswer answer)
        {
            _callIsUnderWay = false;
            if (answer.Outcome is StoreOutcome.Done) _eTag = answer.ETag;
            if (_awaited != number) return; // given up
            _awaited = 0;
            done(answer);
        }
    }

    private void OnFirstRead(StoreAnswer answer)
    {
        // An activation that cannot read its state does not come to be.
        if (answer.Outcome is not StoreOutcome.Done)
        {
            IsDead = true;
            foreach (var waiting in _waiting.Values) waiting(null);
            return;
        }

        _wasRead = true;
        Load(_sabotage is Sabotage.ReadIsSkipped ? _store.Old : answer.Record);
        Drive();
    }

    private void OnRead(StoreAnswer answer)
    {
        if (answer.Outcome is StoreOutcome.Done) Load(answer.Record);
        else Fail();
        Drive();
    }

    private void OnWritten(StoreAnswer answer)
    {
        switch (answer.Outcome)
        {
            case StoreOutcome.Done:
                _ledger.Written(Now);
                Deliver();
                break;
            case StoreOutcome.Conflict:
                _ledger.Overtaken(Now);
                break;
            default:
                Fail();
                break;
        }

        Drive();
    }

    private void Load(QuotaRecord? found)
    {
        Reads++;
        _ledger.Loaded(found, Now);
        _world.Trace?.Say(_world.Now, $"{Id}: has read epoch {found?.Epoch ?? 0}");
        Deliver();
    }

    private void Fail()
    {
        _ledger.StoreFailed(Now);
        _world.Trace?.Say(_world.Now, $"{Id}: the store has failed");
        Deliver();
    }

    private void Deliver()
    {
        // The snapshot first: what is answered is judged by what the ledger has in its table then.
        var wasRelearning = Snapshot.IsRelearning;
        Snapshot = _ledger.Describe(Now);
        if (_ledger.SharedWith is not null) _coverage.See(Sight.Shared);
        if (Snapshot.IsRelearning && !wasRelearning) _coverage.See(Sight.RelearningBegan);
        if (!Snapshot.IsRelearning && wasRelearning) _coverage.See(Sight.RelearningEnded);
        _coverage.See(Sight.LeasesExpired, _ledger.Counts.Expired - _counted.Expired);
        _coverage.See(Sight.Recalls, _ledger.Counts.Recalled - _counted.Recalled);
        _counted = _ledger.Counts.Copy();
        foreach (var answer in _ledger.TakeAnswers())
        {
            if (_waiting.Remove(answer.Ticket, out var waiting)) waiting(answer);
        }

        if (!_ledger.IsSuperseded) return;
        foreach (var waiting in _waiting.Values) waiting(null);
        _waiting.Clear();
    }
}
