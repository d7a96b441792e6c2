using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>
/// The quota's table of loans, and the order in which it is read, decided on, written and answered: the grantor's half of the protocol in
/// docs/quota.md. It has no clock, no store and no network; whoever drives it brings the time and carries out what it asks for.
/// </summary>
/// <remarks>
/// The driver's loop: while <see cref="NeedsRead"/>, read the store and say how it went (<see cref="Loaded"/>, <see cref="StoreFailed"/>);
/// then <see cref="BeginWrite"/>, and when it returns a record, write that and say how it went (<see cref="Written"/>,
/// <see cref="StoreFailed"/>, <see cref="Supersede"/>). After each step, <see cref="TakeAnswers"/>.
/// </remarks>
internal sealed partial class QuotaLedger(string id, QuotaTerms terms)
{
    // Each time somebody else has written, so that nothing stands still; more in a row than this is a store that is broken.
    private const int MostOvertakenInARow = 20;

    // Far beyond anything real, and far from where sums would overflow.
    private const int MostPermits = 1_000_000_000;
    private const long MostEpochs = 1_000_000_000_000;

    private readonly SortedDictionary<string, LedgerHolder> _holders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LedgerHolder> _ended = []; // since the last good write: another's record may still have them
    private readonly List<Question> _questions = [];
    private readonly List<LedgerAnswer> _answers = [];
    private string? _relearningId; // which wait it is: another cluster that goes on with it writes down how much of it is left
    private int _relearnings;
    private int _overtakenInARow;
    private bool _isOvertaken;
    private List<Decision>? _batch;
    private int _lastTicket;
    private int? _limit;
    private long _version;
    private long _epoch;
    private long _epochSeen;
    private bool _hasWritten;
    private bool _foundLimit;
    private bool _mayMissHolders; // what was read does not tell of all who hold permits
    private TimeSpan _relearnsUntil = TimeSpan.MinValue;
    private TimeSpan _writeBegan;
    private TimeSpan _verifiedAt;

    /// <summary>Another activation has taken over: this one answers nothing any more.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>
    /// The last of the other clusters whose quota this is, too: they have the same service and the same store. Null for none.
    /// </summary>
    public SharedQuota? SharedWith { get; private set; }

    /// <summary>The store must be read before anything can be decided.</summary>
    public bool NeedsRead { get; private set; } = true;

    /// <summary>A batch waits to be written.</summary>
    public bool IsWriting => _batch is not null;

    /// <summary>Somebody waits for an answer that is not in a batch yet.</summary>
    public bool HasQuestions => _questions.Count > 0;

    /// <summary>There is no limit, and no record that says otherwise: nobody has to wait for the store.</summary>
    public bool IsUnlimited => _limit is null && _epoch > 0 && (_hasWritten || !_foundLimit);

    /// <summary>What it has done so far.</summary>
    public LedgerCounts Counts { get; } = new();

    /// <summary>What is wrong with a request, whoever sends it; null when nothing is.</summary>
    public static string? FaultIn(LeaseRequest request) => request switch
    {
        { Holder: null or { Length: 0 or > 100 } } => "a holder's id has 1 to 100 characters",
        { Gateway: null or { Length: > 1000 } } => "a gateway's name has at most 1000 characters",
        { Number: < 1 } => "requests are numbered from 1",
        { Epoch: > MostEpochs } or { Held: > MostPermits } or { Wanted: > MostPermits } => "a number is too large to be true",
        { Epoch: < 0 } or { Held: < 0 } or { InUse: < 0 } or { Unleased: < 0 } => "a number is negative",
        _ when request.InUse > request.Held => $"{request.InUse} permits cannot be in use of {request.Held} that are held",
        _ when request.Needed < (long)request.InUse + request.Unleased =>
            $"{request.Needed} permits are too few for {request.InUse} and {request.Unleased} connections",
        _ when request.Wanted < request.Needed => $"{request.Wanted} permits wanted are fewer than the {request.Needed} needed",
        _ => null,
    };

    /// <summary>Takes a request that has no fault.</summary>
    /// <returns>The ticket that its answer will carry.</returns>
    public int Ask(LeaseRequest request, TimeSpan now)
    {
        _questions.Add(new(++_lastTicket, request, null, now));
        return _lastTicket;
    }

    /// <summary>Takes a new limit.</summary>
    /// <returns>The ticket that its answer will carry.</returns>
    public int SetLimit(int limit, long expectedVersion, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _questions.Add(new(++_lastTicket, null, new(limit, expectedVersion), now));
        return _lastTicket;
    }

    /// <summary>The answers that have become final since it was asked last.</summary>
    public IReadOnlyList<LedgerAnswer> TakeAnswers()
    {
        LedgerAnswer[] answers = [.. _answers];
        _answers.Clear();
        return answers;
    }

    /// <summary>A read or a write did not succeed, as far as is known: everybody who waits gets what is safe without the store.</summary>
    public void StoreFailed(TimeSpan now)
    {
        NeedsRead = true; // a write may have happened all the same
        if (_batch is { } batch)
        {
            _batch = null;
            DropProposals();
            foreach (var decision in batch) AnswerWithoutStore(decision.Question, decision.IsLost ? Reading.Lost : Reading.Valid, now);
        }

        foreach (var question in _questions) AnswerWithoutStore(question, null, now);
        _questions.Clear();
    }

    /// <summary>
    /// A write found another's record in the store. Another activation of this cluster takes over, and this one stops when it has read who
    /// it was; another cluster, which shares the quota, does not: this one goes on from what that one has written.
    /// </summary>
    public void Overtaken(TimeSpan now)
    {
        if (++_overtakenInARow > MostOvertakenInARow)
        {
            _overtakenInARow = 0;
            StoreFailed(now);
            return;
        }

        (_isOvertaken, _hasWritten, NeedsRead) = (true, false, true);
        DropProposals();
        if (_batch is not { } batch) return;
        _batch = null;
        _questions.InsertRange(0, batch.Select(decision => decision.Question)); // nothing of it was decided
    }

    /// <summary>
    /// The store has a record of somebody else's: stop for good. Who waits is told nothing; it asks again and finds the other.
    /// </summary>
    public void Supersede()
    {
        IsSuperseded = true;
        NeedsRead = false;
        _batch = null;
        _questions.Clear();
    }

    /// <summary>
    /// Decides on everything that was asked and returns what is to be written before it is answered; null when nothing is.
    /// </summary>
    public QuotaRecord? BeginWrite(TimeSpan now)
    {
        if (IsSuperseded || NeedsRead || IsWriting || _questions.Count is 0) return null;
        if (IsDistrusted(_questions))
        {
            NeedsRead = true;
            return null;
        }

        Expire(now);
        if (_mayMissHolders) Relearn(now); // and not only when it was read: others may have come, lent, and been forgotten in turn
        _writeBegan = now;
        var batch = Decide([.. _questions], now);
        if (batch.Count is 0) return null;
        _batch = batch;
        return ToRecord(batch, now);
    }

    /// <summary>What <see cref="BeginWrite"/> returned is in the store.</summary>
    public void Written(TimeSpan now)
    {
        var batch = _batch ?? throw new InvalidOperationException("Nothing was to be written.");
        _batch = null;
        if (_mayMissHolders) Relearn(now);
        _mayMissHolders = false;
        _hasWritten = _isConfigured = true;
        _overtakenInARow = 0;
        _ended.Clear();
        foreach (var holder in _holders.Values) holder.MayOutlastStored = holder.WillOutlastStored;
        _verifiedAt = _writeBegan;
        foreach (var decision in batch)
        {
            if (decision.Change is { } change)
            {
                if (_limit is null) Relearn(now); // who was told that there is no limit may hold any number
                (_limit, _version) = (change.Limit, _version + 1);
                _answers.Add(new(decision.Question.Ticket, Limit: new SetLimitReply(SetLimitOutcome.Changed, _limit, _version)));
                continue;
            }

            if (decision.IsUnlimited)
            {
                AnswerUnlimited(decision.Question);
                continue;
            }

            if (decision.IsLost)
            {
                var lost = Reply(decision.Question, LeaseOutcome.LeaseLost);
                if (decision.Holder is { } claimant) Answer(decision.Question, claimant, lost);
                else _answers.Add(new(decision.Question.Ticket, lost));
                continue;
            }

            var holder = decision.Holder!;
            holder.Leased += decision.Growth;
            holder.Proposed -= decision.Growth;
            holder.Renew(terms.Lease, now);
            Counts.Recalled += Math.Max(0, holder.Leased - decision.Target - holder.Told);
            holder.Told = holder.Leased - decision.Target;
            Counts.Granted += decision.Growth;
            Answer(decision.Question, holder, Reply(decision.Question, LeaseOutcome.Granted) with
            {
                Granted = holder.Leased,
                Lease = LeaseFor(decision.Question),
                Target = decision.Target,
                Close = decision.Close,
                Denial = decision.Denial,
            });
        }
    }

    /// <summary>Who holds what.</summary>
    public QuotaSnapshot Describe(TimeSpan now)
    {
        Expire(now);
        return new QuotaSnapshot
        {
            Limit = _limit,
            Version = _version,
            Epoch = _epoch,
            IsRelearning = _limit is not null && now < _relearnsUntil,
            Holders = [.. _holders.Values.Where(h => !h.HasLeft)
                .Select(h => new HolderSnapshot(h.Gateway, h.Id, h.Total, h.InUse, h.Unleased, h.ExpiresAt - now))],
        };
    }

    private void DropProposals()
    {
        foreach (var holder in _holders.Values) holder.Proposed = 0;
    }

    private bool IsDistrusted(List<Question> questions)
    {
        foreach (var question in questions) _epochSeen = Math.Max(_epochSeen, question.Request?.Epoch ?? 0);
        return _epochSeen > _epoch;
    }

    private void Expire(TimeSpan now)
    {
        if (IsWriting) return; // what is being written may have just been renewed
        foreach (var holder in _holders.Values.Where(h => now >= h.ExpiresAt).ToList())
        {
            _holders.Remove(holder.Id);
            _ended[holder.Id] = holder;
            if (holder.Leased > 0 && !holder.HasEnded) Counts.Expired++;
            holder.HasEnded = true;
        }
    }

    private sealed record Question(int Ticket, LeaseRequest? Request, LimitChange? Change, TimeSpan ReceivedAt);

    private sealed record LimitChange(int Limit, long ExpectedVersion);
}
