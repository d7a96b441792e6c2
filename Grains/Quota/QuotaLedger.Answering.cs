using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <content>What everybody is told, and what is safe to tell while the store does not answer.</content>
internal sealed partial class QuotaLedger
{
    private void AnswerWithoutStore(Question question, Reading? reading, TimeSpan now)
    {
        if (question.Request is not { } request)
        {
            _answers.Add(new(question.Ticket, Limit: new SetLimitReply(SetLimitOutcome.StorageUnavailable, _limit, _version)));
            return;
        }

        if (IsUnlimited)
        {
            if ((reading ?? Read(question, now)) is Reading.Valid) AnswerUnlimited(question);
            return;
        }

        // Another activation may have taken over since the last good write began, but not before; it waits for one lease time.
        var lease = terms.Lease - (question.ReceivedAt - _verifiedAt);
        // And what came to a holder without a limit while it asked is in no table.
        var isSafe = _hasWritten && lease > TimeSpan.Zero && now >= _relearnsUntil && !request.IsUnlimited;
        if (isSafe) reading ??= Read(question, now);
        if (reading is Reading.Answered) return;
        if (!isSafe || reading is Reading.Lost)
        {
            _answers.Add(new(question.Ticket, Reply(question, LeaseOutcome.Unavailable) with { Denial = QuotaDenial.StorageUnavailable }));
            return;
        }

        var holder = _holders[request.Holder];
        if (holder.Leased > 0 && !holder.MayOutlastStored)
        {
            // The record says when its lease ends: whoever reads it does not wait any longer.
            Answer(question, holder, Reply(question, LeaseOutcome.Unavailable) with { Denial = QuotaDenial.StorageUnavailable });
            return;
        }

        holder.Renew(lease, now);
        if (request.Needed > holder.Leased) Counts.Deny(QuotaDenial.StorageUnavailable);
        Answer(question, holder, Reply(question, LeaseOutcome.Granted) with
        {
            Granted = holder.Leased,
            Lease = lease,
            Target = holder.Leased,
            Denial = request.Wanted > holder.Leased ? QuotaDenial.StorageUnavailable : QuotaDenial.None,
        });
    }

    private void AnswerUnlimited(Question question) =>
        Answer(question, _holders[question.Request!.Holder], Reply(question, LeaseOutcome.Unlimited));

    private void Answer(Question question, LedgerHolder holder, LeaseReply reply)
    {
        holder.LastReply = reply;
        _answers.Add(new(question.Ticket, reply));
    }

    private LeaseReply Reply(Question question, LeaseOutcome outcome) => new()
    {
        Outcome = outcome,
        Number = question.Request!.Number,
        Epoch = _hasWritten ? _epoch : 0, // one that is in no record yet would make whoever is in charge believe that its store went back
        Renew = terms.Renew,
        Limit = _limit,
        Version = _version,
    };

    // What came to a holder while it asked as one without a limit is in no table, but it does not outlast the time in which nothing is lent.
    private TimeSpan LeaseFor(Question question)
    {
        if (!question.Request!.IsUnlimited) return terms.Lease;
        var covered = QuotaTerms.LeaseWithin(_relearnsUntil - question.ReceivedAt);
        return covered < terms.Lease ? covered : terms.Lease;
    }
}
