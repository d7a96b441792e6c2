using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests;

/// <summary>A ledger over a store that does at once what it is told, for one thing at a time.</summary>
internal sealed class LedgerDriver(string id = "ledger", int? limit = 10)
{
    public static readonly QuotaTerms Terms = new() { Limit = 10, MayHaveForgotten = false };

    public QuotaLedger Ledger { get; } = new(id, Terms with { Limit = limit });

    /// <summary>What it wrote last.</summary>
    public QuotaRecord? Record { get; set; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(100);

    public static LeaseRequest Request(string holder, long number, int held = 0, int needed = 0, int? wanted = null) => new()
    {
        Holder = holder,
        Gateway = holder,
        Number = number,
        Held = held,
        InUse = Math.Min(held, needed),
        Needed = needed,
        Wanted = wanted ?? Math.Max(held, needed),
    };

    public int Ask(LeaseRequest request) => Ledger.Ask(request, Now);

    /// <summary>Reads and writes until nobody waits.</summary>
    /// <returns>The answers by ticket.</returns>
    public Dictionary<int, LedgerAnswer> Settle()
    {
        while (Ledger.HasQuestions)
        {
            if (Ledger.NeedsRead) Ledger.Loaded(Record, Now);
            if (Ledger.BeginWrite(Now) is not { } record) continue;
            Record = record;
            Ledger.Written(Now);
        }

        return Ledger.TakeAnswers().ToDictionary(answer => answer.Ticket);
    }

    /// <summary>Asks, and has it written.</summary>
    public LeaseReply Lease(LeaseRequest request)
    {
        var ticket = Ask(request);
        return Settle()[ticket].Lease!;
    }
}
