using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>What a ledger has done since it was made.</summary>
internal sealed class LedgerCounts
{
    private readonly long[] _denials = new long[Enum.GetValues<QuotaDenial>().Length];

    /// <summary>Permits lent on top of what their holders had.</summary>
    public long Granted { get; set; }

    /// <summary>Permits that holders were told to give back.</summary>
    public long Recalled { get; set; }

    /// <summary>Leases that ended with permits in them.</summary>
    public long Expired { get; set; }

    /// <summary>Requests that got fewer permits than they needed, for a reason.</summary>
    public long Denials(QuotaDenial reason) => _denials[(int)reason];

    public void Deny(QuotaDenial reason) => _denials[(int)reason]++;

    /// <summary>What it is now, to compare with later.</summary>
    public LedgerCounts Copy()
    {
        var copy = new LedgerCounts { Granted = Granted, Recalled = Recalled, Expired = Expired };
        _denials.CopyTo(copy._denials, 0);
        return copy;
    }
}
