using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <content>Who gets how much: one batch at a time, in the order in which it was asked.</content>
internal sealed partial class QuotaLedger
{
    /// <remarks>1. Read every request: what it gives back is free for all. 2. Lend, one after another.</remarks>
    private List<Decision> Decide(List<Question> questions, TimeSpan now)
    {
        _questions.Clear();
        var batch = new List<Decision>();
        var asks = new List<Question>();
        var lost = new List<Question>();
        foreach (var question in questions)
        {
            if (question.Change is null)
            {
                var reading = Read(question, now);
                if (reading is Reading.Valid) asks.Add(question);
                if (reading is Reading.Lost) lost.Add(question);
            }
            else if (batch.Count > 0)
            {
                _questions.Add(question); // its version depends on whether the change before it is stored
            }
            else if (question.Change.ExpectedVersion == _version)
            {
                batch.Add(new(question, null) { Change = question.Change });
            }
            else
            {
                _answers.Add(new(question.Ticket, Limit: new SetLimitReply(SetLimitOutcome.VersionMismatch, _limit, _version)));
            }
        }

        // A holder has given up what it asked before its latest request: two of them must not both be lent what is free.
        foreach (var ask in asks.Where(IsOvertaken)) _answers.Add(new(ask.Ticket, Reply(ask, LeaseOutcome.Stale)));
        asks.RemoveAll(IsOvertaken);
        if (_limit is not { } limit)
        {
            // Written once, so that an activation with a limit knows that there are connections which nobody has counted.
            if (!_hasWritten) batch.AddRange(asks.Select(ask => new Decision(ask, _holders[ask.Request!.Holder]) { IsUnlimited = true }));
            else foreach (var ask in asks) AnswerUnlimited(ask);
            return batch;
        }

        if (batch is [{ Change: { } change }]) limit = Math.Min(limit, change.Limit); // raised, it is in force when it is stored
        foreach (var holder in _holders.Values) holder.IsServed = false;
        foreach (var ask in asks) batch.Add(Lend(ask, limit, now));

        // Not before the write either: another activation may have taken over and lent the holder what it claims.
        foreach (var question in lost) batch.Add(new(question, _holders.GetValueOrDefault(question.Request!.Holder)) { IsLost = true });
        return batch;
    }

    /// <summary>Notes what a request promises.</summary>
    private Reading Read(Question question, TimeSpan now)
    {
        var request = question.Request!;
        var holder = _holders.GetValueOrDefault(request.Holder);
        if (holder is not null && request.Number <= holder.LastNumber)
        {
            var isRepeated = request.Number == holder.LastNumber && holder.LastReply is not null;
            _answers.Add(new(question.Ticket, isRepeated ? holder.LastReply : Reply(question, LeaseOutcome.Stale)));
            return Reading.Answered;
        }

        if (_limit is not null && now >= _relearnsUntil && (request.Held > (holder?.Leased ?? 0) || request.IsUnlimited))
        {
            if (holder is not null) holder.LastNumber = request.Number; // what it was lent stays on loan until it says that it has let go
            return Reading.Lost;
        }

        if (holder is null) _holders.Add(request.Holder, holder = new LedgerHolder(request.Holder, request.Gateway));
        holder.Gateway = request.Gateway;
        holder.Leased = _limit is null ? 0 : request.Held;
        holder.InUse = request.InUse;
        holder.Unleased = request.Unleased;
        holder.HasLeft = request.IsLast; // but its number is remembered: what it asked before may still be under way
        holder.HeardAt = now;
        holder.AskedAt = now;
        holder.HasEnded = false;
        holder.Recalled = 0;
        holder.NoteShortage(request.IsLast ? 0 : Math.Max(0, request.Needed - request.Held), now, ShortagesStand);
        holder.LastNumber = request.Number;
        holder.LastReply = null;
        holder.Renew(terms.Lease, now);
        return Reading.Valid;
    }

    private bool IsOvertaken(Question ask) => _holders.GetValueOrDefault(ask.Request!.Holder)?.LastNumber != ask.Request.Number;

    private Decision Lend(Question ask, int limit, TimeSpan now)
    {
        var request = ask.Request!;
        var holder = _holders[request.Holder];
        if (holder.HasLeft) return new Decision(ask, holder);
        var needs = Math.Max(0, request.Needed - request.Held);
        var others = Others.Of(_holders.Values, holder, now, ShortagesStand);
        var free = limit - others.Total - holder.Leased; // negative after the limit was lowered
        if (now < _relearnsUntil) return LendNothing(new Decision(ask, holder) { Target = holder.Leased }, needs);
        if (free < 0) return Short(Lower(ask, holder, limit), needs, QuotaDenial.LimitLowered);

        // 1. What it needs; in equal parts, while others need some too, and not at the cost of one that has less than its share.
        var wanting = others.Wanting + (needs > 0 || holder.InUse > 0 ? 1 : 0);
        var fair = limit / Math.Max(1, wanting);
        var part = free;
        if (others.Short > 0) part = others.LeastTotalOfShort < fair && holder.Leased >= fair ? 0 : (free + others.Unserved) / (others.Unserved + 1);
        var growth = Math.Min(needs, part);

        // 2. A block on top, while nobody is short: half of what is free, over all who may ask next; single permits at last.
        if (others.Shortage is 0) growth = Math.Max(growth, Math.Min(Math.Min(request.Wanted - request.Held, free), Math.Max(1, free / (2 * _holders.Count))));
        holder.Proposed = (int)growth;
        holder.IsServed = true;
        holder.Serve(growth);
        free -= growth;

        // 3. Idle permits back, for those who are short; and what becomes idle, down to its share, when there are none.
        var lacking = Math.Max(0, others.Shortage - free - others.Recalled);
        holder.Recalled = (int)Math.Min(lacking, Math.Max(0, holder.Total - request.Needed));
        lacking -= holder.Recalled;
        var target = holder.Total - holder.Recalled;
        if (others.Idle is 0 && others.LeastTotalOfShort < fair) target -= (int)Math.Min(lacking, Math.Max(0, target - fair));
        var decision = new Decision(ask, holder) { Growth = (int)growth, Target = target };
        return Short(decision, needs - (int)Math.Min(growth, needs), free > 0 || others.Idle > 0 ? QuotaDenial.Recalling : QuotaDenial.LimitReached);
    }

    /// <summary>The holder's part in coming down to a lowered limit: idle permits go first, then connections; who has most, gives most.</summary>
    private Decision Lower(Question ask, LedgerHolder holder, int limit)
    {
        var spare = limit - _holders.Values.Sum(h => (long)h.Busy);
        var target = spare >= 0 ? holder.Busy + PartOf(spare, holder, h => h.Idle) : PartOf(limit, holder, h => h.Busy);
        return new Decision(ask, holder) { Target = target, Close = terms.ClosesNewest ? Math.Max(0, holder.InUse + holder.Unleased - target) : 0 };
    }

    /// <summary>
    /// Divides an amount so that nobody gets more than it has and all others the same, and it adds up. Whoever has come down to its
    /// part already keeps it, however often it is asked.
    /// </summary>
    private int PartOf(long amount, LedgerHolder one, Func<LedgerHolder, int> has)
    {
        var left = _holders.Count;
        foreach (var holder in _holders.Values.OrderBy(has)) // stable: holders of the same size in the order of their names
        {
            var part = (int)Math.Min(has(holder), amount / left);
            if (holder == one) return part;
            amount -= part;
            left--;
        }

        return 0;
    }

    // Told to whoever wants any, and not only to who needs some: a gateway that nobody has come to yet could admit nobody either.
    private Decision LendNothing(Decision decision, int needs)
    {
        var request = decision.Question.Request!;
        return Short(request.Wanted > request.Held ? decision with { Denial = QuotaDenial.Relearning } : decision, needs, QuotaDenial.Relearning);
    }

    private Decision Short(Decision decision, int lacking, QuotaDenial reason)
    {
        if (lacking is 0) return decision;
        Counts.Deny(reason);
        return decision with { Denial = reason };
    }

    /// <summary>What a request turned out to be.</summary>
    private enum Reading
    {
        /// <summary>One that changes nothing more: it has its answer.</summary>
        Answered,

        /// <summary>One to decide on.</summary>
        Valid,

        /// <summary>One that claims more than its holder was lent.</summary>
        Lost,
    }

    /// <summary>What is decided on one question, and holds once it is written.</summary>
    private sealed record Decision(Question Question, LedgerHolder? Holder)
    {
        public LimitChange? Change { get; init; }

        public bool IsUnlimited { get; init; }

        public bool IsLost { get; init; }

        public int Growth { get; init; }

        public int Target { get; init; }

        public int Close { get; init; }

        public QuotaDenial Denial { get; init; }
    }

    /// <summary>
    /// How long a shortage stands that is not repeated: a holder with idle permits asks twice in a renewal interval, and must meet it even
    /// when it is late.
    /// </summary>
    private TimeSpan ShortagesStand => terms.Renew;

    /// <summary>All holders but one, added up.</summary>
    private readonly record struct Others(long Total, long Idle, long Shortage, long Recalled, int Short, int Unserved, int Wanting, int LeastTotalOfShort)
    {
        public static Others Of(IEnumerable<LedgerHolder> holders, LedgerHolder one, TimeSpan now, TimeSpan shortagesStand)
        {
            var sum = new Others { LeastTotalOfShort = int.MaxValue };
            foreach (var holder in holders)
            {
                if (holder == one) continue;
                var shortage = now - holder.ShortageAt < shortagesStand ? holder.Shortage : 0;
                var competes = shortage > 0 && now - holder.ShortageAt < shortagesStand / 2; // it asks four times in an interval, while it wants any
                var isHeard = now - holder.HeardAt < shortagesStand * 3; // one that is gone gives nothing back before its lease ends
                sum = new Others(
                    sum.Total + holder.Total,
                    sum.Idle + (isHeard ? holder.Idle : 0),
                    sum.Shortage + shortage,
                    sum.Recalled + (isHeard ? holder.Recalled : 0),
                    sum.Short + (competes ? 1 : 0),
                    sum.Unserved + (competes && !holder.IsServed ? 1 : 0),
                    sum.Wanting + (shortage > 0 || holder.InUse > 0 ? 1 : 0),
                    competes ? Math.Min(sum.LeastTotalOfShort, holder.Total) : sum.LeastTotalOfShort);
            }

            return sum;
        }
    }
}
