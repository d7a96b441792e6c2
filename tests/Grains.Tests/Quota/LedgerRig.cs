using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>A ledger over a store that does what the test says: one step at a time.</summary>
internal sealed class LedgerRig
{
    public static readonly QuotaTerms Terms = new() { Limit = 10, Lease = TimeSpan.FromSeconds(15), Renew = TimeSpan.FromSeconds(3), MayHaveForgotten = false };

    public LedgerRig(QuotaTerms? terms = null, QuotaRecord? stored = null, string id = "a")
    {
        Stored = stored;
        Ledger = new QuotaLedger(id, terms ?? Terms);
        Ledger.Loaded(stored, Now);
    }

    public QuotaLedger Ledger { get; }

    /// <summary>What is in the store.</summary>
    public QuotaRecord? Stored { get; set; }

    public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

    public static LeaseRequest Request(string holder, long number, int held = 0, int inUse = 0, int needed = 0, int wanted = 0, int unleased = 0, long epoch = 0) => new()
    {
        Holder = holder,
        Gateway = holder,
        Number = number,
        Epoch = epoch,
        Held = held,
        InUse = inUse,
        Unleased = unleased,
        Needed = Math.Max(needed, inUse + unleased),
        Wanted = Math.Max(wanted, Math.Max(needed, inUse + unleased)),
    };

    /// <summary>Asks, with a store that works.</summary>
    public LeaseReply Ask(LeaseRequest request)
    {
        Assert.Null(QuotaLedger.FaultIn(request));
        var ticket = Ledger.Ask(request, Now);
        Drive();
        return Answer(ticket).Lease!;
    }

    public SetLimitReply SetLimit(int limit, long version)
    {
        var ticket = Ledger.SetLimit(limit, version, Now);
        Drive();
        return Answer(ticket).Limit!;
    }

    /// <summary>Asks, with a store that takes the write or not but never says so.</summary>
    public LeaseReply AskWithoutStore(LeaseRequest request, bool writes)
    {
        var ticket = Ledger.Ask(request, Now);
        if (Ledger.BeginWrite(Now) is { } record && writes) Stored = record;
        Ledger.StoreFailed(Now);
        return Answer(ticket).Lease!;
    }

    private readonly Dictionary<int, LedgerAnswer> _answers = [];

    private void Drive()
    {
        while (Ledger.HasQuestions)
        {
            if (Ledger.NeedsRead) Ledger.Loaded(Stored, Now);
            if (Ledger.BeginWrite(Now) is { } record)
            {
                Stored = record;
                Ledger.Written(Now);
            }
        }
    }

    private LedgerAnswer Answer(int ticket)
    {
        foreach (var answer in Ledger.TakeAnswers()) _answers.Add(answer.Ticket, answer);
        return _answers[ticket];
    }
}
