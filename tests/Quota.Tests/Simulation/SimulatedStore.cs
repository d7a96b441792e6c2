using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Where the quota's record is kept: with compare-and-set on an ETag, and with everything that a store may do instead.</summary>
internal sealed class SimulatedStore(World world, Dice dice, int latency, Coverage coverage, Sabotage sabotage)
{
    private readonly List<(QuotaRecord Record, long ETag)> _past = [];
    private long _lastETag;
    private long _downUntil;
    private long _slowUntil;
    private long _losesAnswersUntil;
    private long _writesLateUntil;
    private bool _hangs;
    private int _slowness;
    private int _lostPercent;
    private int _lateness;

    /// <summary>What is in it; null when nothing is.</summary>
    public QuotaRecord? Record { get; private set; }

    /// <summary>0 when nothing is in it.</summary>
    public long ETag { get; private set; }

    /// <summary>A record was stored.</summary>
    public Action<QuotaRecord>? Stored { get; set; }

    /// <summary>A record that was there long ago.</summary>
    public QuotaRecord? Old => _past.Count is 0 ? null : _past[_past.Count / 2].Record;

    /// <summary>Has a record from the start.</summary>
    public void Begin(QuotaRecord record)
    {
        (Record, ETag) = (record, ++_lastETag);
        _past.Add((record, ETag));
    }

    public void Read(Actor caller, Action<StoreAnswer> answer) =>
        Call(caller, answer, isWrite: false, () => new StoreAnswer(StoreOutcome.Done, Record, ETag));

    public void Write(Actor caller, QuotaRecord record, long eTag, Action<StoreAnswer> answer) =>
        Call(caller, answer, isWrite: true, () => Apply(record, eTag));

    public void GoDown(int length, bool hangs) => (_downUntil, _hangs) = (world.Now + length, hangs);

    public void GoSlow(int length, int slowness) => (_slowUntil, _slowness) = (world.Now + length, slowness);

    public void LoseAnswers(int length, int percent) => (_losesAnswersUntil, _lostPercent) = (world.Now + length, percent);

    public void WriteLate(int length, int lateness) => (_writesLateUntil, _lateness) = (world.Now + length, lateness);

    public void Empty() => (Record, ETag) = (null, 0);

    public void GoBack(int writes)
    {
        if (_past.Count is 0) return;
        (Record, ETag) = _past[Math.Max(0, _past.Count - 1 - writes)];
    }

    public void Recover() => _downUntil = _slowUntil = _losesAnswersUntil = _writesLateUntil = 0;

    private void Call(Actor caller, Action<StoreAnswer> answer, bool isWrite, Func<StoreAnswer> act)
    {
        var there = Delay();
        var back = Delay();
        world.After(there, null, () =>
        {
            if (world.Now < _downUntil)
            {
                Answer(new StoreAnswer(StoreOutcome.Failed), _hangs ? (int)(_downUntil - world.Now) + back : back);
            }
            else if (isWrite && world.Now < _writesLateUntil)
            {
                coverage.See(Sight.LateWrites);
                world.After(dice.Roll(_lateness), null, () => act());
                Answer(new StoreAnswer(StoreOutcome.Failed), back + dice.Pick(0, 300, 1_500));
            }
            else
            {
                var done = act();
                if (world.Now >= _losesAnswersUntil || !dice.Chance(_lostPercent))
                {
                    Answer(done, back);
                }
                else
                {
                    coverage.See(Sight.LostAnswers);
                    Answer(new StoreAnswer(StoreOutcome.Failed), back + dice.Pick(0, 300, 1_500));
                }
            }
        });

        void Answer(StoreAnswer said, int delay) => world.After(delay, caller, () => answer(said));
    }

    private StoreAnswer Apply(QuotaRecord record, long eTag)
    {
        if (eTag != ETag && sabotage is not Sabotage.WriteIsNotCompared)
        {
            coverage.See(Sight.Conflicts);
            return new StoreAnswer(StoreOutcome.Conflict);
        }

        _lastETag++;
        if (sabotage is Sabotage.WriteIsForgotten && Record is not null && dice.Chance(30))
        {
            ETag = _lastETag;
            return new StoreAnswer(StoreOutcome.Done, record, ETag);
        }

        (Record, ETag) = (record, _lastETag);
        _past.Add((record, ETag));
        Stored?.Invoke(record);
        world.Trace?.Say(world.Now, $"store: {Write(record)}");
        return new StoreAnswer(StoreOutcome.Done, record, ETag);
    }

    private int Delay() => 1 + dice.Roll(world.Now < _slowUntil ? _slowness : latency);

    private static string Write(QuotaRecord record) =>
        $"epoch {record.Epoch} of {record.Writer}, limit {record.Limit?.ToString() ?? "none"}{(record.IsComplete ? "" : ", incomplete")}, "
        + string.Join(" ", record.Holders.Select(h => $"{h.Holder}={h.Leased}#{h.LastNumber}"));
}

internal enum StoreOutcome
{
    Done,
    Failed,
    Conflict,
}

/// <summary>What became of a call to the store, and what it has now.</summary>
internal readonly record struct StoreAnswer(StoreOutcome Outcome, QuotaRecord? Record = null, long ETag = 0);
