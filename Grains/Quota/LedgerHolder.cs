using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>What the ledger knows of one holder.</summary>
internal sealed class LedgerHolder(string id, string gateway)
{
    public string Id => id;

    public string Gateway { get; set; } = gateway;

    /// <summary>The most that the holder can believe to hold.</summary>
    public int Leased { get; set; }

    /// <summary>What is to be lent on top as soon as it is written.</summary>
    public int Proposed { get; set; }

    /// <summary>Permits with a connection, when it reported last.</summary>
    public int InUse { get; set; }

    /// <summary>Connections without a permit, when it reported last.</summary>
    public int Unleased { get; set; }

    /// <summary>Permits that it needs and did not get.</summary>
    public int Shortage { get; set; }

    /// <summary>Whether it has had its part of what this batch divides.</summary>
    public bool IsServed { get; set; }

    /// <summary>When it said so: a gateway that is still short says so again.</summary>
    public TimeSpan ShortageAt { get; set; }

    /// <summary>Idle permits that it was told to give back and has not yet.</summary>
    public int Recalled { get; set; }

    public long LastNumber { get; set; }

    /// <summary>What its last request was answered; null when a former activation answered it.</summary>
    public LeaseReply? LastReply { get; set; }

    /// <summary>When its lease has ended on every clock.</summary>
    public TimeSpan ExpiresAt { get; set; }

    /// <summary>The longest lease that it may have.</summary>
    public TimeSpan Lease { get; set; }

    /// <summary>What is on loan to it or about to be.</summary>
    public int Total => Leased + Proposed;

    /// <summary>What it could give back at once.</summary>
    public int Idle => Math.Max(0, Total - InUse);

    /// <summary>Notes a lease that begins at <paramref name="now"/> at the latest.</summary>
    public void Renew(TimeSpan lease, TimeSpan now)
    {
        var end = now + QuotaTerms.WaitFor(lease);
        if (end < ExpiresAt) return; // an earlier, longer one runs on
        ExpiresAt = end;
        Lease = lease;
    }
}
