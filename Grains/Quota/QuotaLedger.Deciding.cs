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

        if (_limit is not null && now >= _relearnsUntil && request.Held > (holder?.Leased ?? 0))
        {
            if (holder is not null) holder.LastNumber = request.Number; // what it was lent stays on loan until it says that it has let go
            return Reading.Lost;
        }

        if (request.IsLast)
        {
            _holders.Remove(request.Holder);
            _answers.Add(new(question.Ticket, Reply(question, LeaseOutcome.Granted)));
            return Reading.Answered;
        }

        if (holder is null) _holders.Add(request.Holder, holder = new LedgerHolder(request.Holder, request.Gateway));
        holder.Gateway = request.Gateway;
        holder.Leased = _limit is null ? 0 : request.Held;
        holder.InUse = request.InUse;
        holder.Unleased = request.Unleased;
        holder.Shortage = Math.Max(0, request.Needed - request.Held);
        holder.ShortageAt = now;
        holder.Recalled = 0;
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
        var others = Others.Of(_holders.Values, holder, now, terms.Renew);
        var free = limit - others.Total - holder.Leased; // negative after the limit was lowered
        if (now < _relearnsUntil) return Short(new Decision(ask, holder) { Target = holder.Leased }, QuotaDenial.Relearning);
        if (free < 0) return Short(Lower(ask, holder, limit), QuotaDenial.LimitLowered);

        // 1. What it needs; in equal parts, while others need some too, and not at the cost of one that has less than its share.
        var wanting = others.Wanting + (holder.Shortage > 0 || holder.InUse > 0 ? 1 : 0);
        var fair = limit / Math.Max(1, wanting);
        var part = free;
        if (others.Short > 0) part = others.LeastTotalOfShort < fair && holder.Leased >= fair ? 0 : (free + others.Short) / (others.Short + 1);
        var growth = Math.Min(holder.Shortage, part);

        // 2. A block on top, while nobody is short: half of what is free, over all who may ask next; single permits at last.
        if (others.Short is 0) growth = Math.Max(growth, Math.Min(Math.Min(request.Wanted - request.Held, free), Math.Max(1, free / (2 * _holders.Count))));
        holder.Proposed = (int)growth;
        holder.Shortage -= (int)Math.Min(growth, holder.Shortage);
        free -= growth;

        // 3. Idle permits back, for those who are short; and what becomes idle, down to its share, when there are none.
        var lacking = Math.Max(0, others.Shortage - free - others.Recalled);
        holder.Recalled = (int)Math.Min(lacking, holder.Shortage > 0 ? 0 : Math.Max(0, holder.Total - request.Needed));
        lacking -= holder.Recalled;
        var target = holder.Total - holder.Recalled;
        if (others.Idle is 0 && others.LeastTotalOfShort < fair) target -= (int)Math.Min(lacking, Math.Max(0, target - fair));
        Counts.Recalled += holder.Total - target;
        var decision = new Decision(ask, holder) { Growth = (int)growth, Target = target };
        return Short(decision, free > 0 || others.Idle > 0 ? QuotaDenial.Recalling : QuotaDenial.LimitReached);
    }

    /// <summary>The holder's part in coming down to a lowered limit: idle permits first, then in proportion.</summary>
    private Decision Lower(Question ask, LedgerHolder holder, int limit)
    {
        var inUse = _holders.Values.Sum(h => (long)Math.Min(h.InUse, h.Total));
        var idle = _holders.Values.Sum(h => (long)h.Idle);
        int target;
        if (inUse <= limit)
        {
            target = holder.Total - holder.Idle + PartOf(limit - inUse, holder, h => h.Idle, idle);
        }
        else
        {
            target = PartOf(limit, holder, h => Math.Min(h.InUse, h.Total), inUse);
        }

        target = Math.Min(target, holder.Total);
        Counts.Recalled += holder.Total - target;
        return new Decision(ask, holder) { Target = target, Close = terms.ClosesNewest ? Math.Max(0, holder.InUse + holder.Unleased - target) : 0 };
    }

    /// <summary>Divides an amount among all holders by weight, so that the parts add up to it.</summary>
    private int PartOf(long amount, LedgerHolder holder, Func<LedgerHolder, long> weight, long weights)
    {
        if (weights is 0) return 0;
        var before = _holders.Values.TakeWhile(h => h != holder).Sum(weight);
        return (int)((amount * (before + weight(holder)) / weights) - (amount * before / weights));
    }

    private Decision Short(Decision decision, QuotaDenial reason)
    {
        if (decision.Holder!.Shortage is 0) return decision;
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

    /// <summary>All holders but one, added up.</summary>
    private readonly record struct Others(long Total, long Idle, long Shortage, long Recalled, int Short, int Wanting, int LeastTotalOfShort)
    {
        public static Others Of(IEnumerable<LedgerHolder> holders, LedgerHolder one, TimeSpan now, TimeSpan renew)
        {
            var sum = new Others { LeastTotalOfShort = int.MaxValue };
            foreach (var holder in holders)
            {
                if (holder == one) continue;

                // Who is short asks four times in a renewal interval: one that has not for half of it does not want any more.
                var shortage = now - holder.ShortageAt < renew / 2 ? holder.Shortage : 0;
                sum = new Others(
                    sum.Total + holder.Total,
                    sum.Idle + holder.Idle,
                    sum.Shortage + shortage,
                    sum.Recalled + holder.Recalled,
                    sum.Short + (shortage > 0 ? 1 : 0),
                    sum.Wanting + (shortage > 0 || holder.InUse > 0 ? 1 : 0),
                    shortage > 0 ? Math.Min(sum.LeastTotalOfShort, holder.Total) : sum.LeastTotalOfShort);
            }

            return sum;
        }
    }
}
