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

    /// <summary>When it asked last.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>When this activation handled a request of its last; null when others have.</summary>
    public TimeSpan? AskedAt { get; set; }

    /// <summary>Whether the store has it as one whose lease may be renewed without another write.</summary>
    public bool MayOutlastStored { get; set; }

    /// <summary>Whether the record that is being written has it so.</summary>
    public bool WillOutlastStored { get; set; }

    /// <summary>It has said that it stops.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Permits that it needed and did not get.</summary>
    public int Shortage { get; private set; }

    /// <summary>When it said so.</summary>
    public TimeSpan ShortageAt { get; private set; }

    /// <summary>What it lacked by its last request, and has not been lent since: no more than <see cref="Shortage"/>.</summary>
    public int LastShortage { get; private set; }

    /// <summary>Whether it has had its part of what this batch divides.</summary>
    public bool IsServed { get; set; }

    /// <summary>Idle permits that it was told to give back and has not yet.</summary>
    public int Recalled { get; set; }

    /// <summary>How many permits fewer its last reply asked it to hold.</summary>
    public int Told { get; set; }

    public long LastNumber { get; set; }

    /// <summary>What its last request was answered; null when a former activation answered it.</summary>
    public LeaseReply? LastReply { get; set; }

    /// <summary>When its lease has ended on every clock.</summary>
    public TimeSpan ExpiresAt { get; set; }

    /// <summary>The longest lease that it may have.</summary>
    public TimeSpan Lease { get; set; }

    /// <summary>Its lease has ended, and that was counted.</summary>
    public bool HasEnded { get; set; }

    /// <summary>What is on loan to it or about to be.</summary>
    public int Total => Leased + Proposed;

    /// <summary>What has a connection.</summary>
    public int Busy => Math.Min(InUse, Total);

    /// <summary>What it could give back at once.</summary>
    public int Idle => Total - Busy;

    /// <summary>Notes what it lacks; a greater shortage of a moment ago stands, because those who can end it have not all been told.</summary>
    public void NoteShortage(int shortage, TimeSpan now, TimeSpan stands)
    {
        LastShortage = shortage;
        if (shortage < Shortage && now - ShortageAt < stands) return;
        (Shortage, ShortageAt) = (shortage, now);
    }

    /// <summary>It is lent so many permits more: it lacks them no longer.</summary>
    public void Serve(long growth)
    {
        Shortage -= (int)Math.Min(growth, Shortage);
        LastShortage -= (int)Math.Min(growth, LastShortage);
    }

    /// <summary>Notes that its lease has ended on every clock by then.</summary>
    public void EndBy(TimeSpan end)
    {
        if (end < ExpiresAt) ExpiresAt = end;
    }

    /// <summary>Takes over what was known of it before the record was read anew, in which nothing else was lent to it.</summary>
    /// <param name="before">What was known.</param>
    /// <param name="endsAsKnown">Nobody has renewed its lease since.</param>
    public void Remember(LedgerHolder before, bool endsAsKnown)
    {
        (InUse, Unleased, HeardAt, AskedAt, HasLeft, HasEnded) = (before.InUse, before.Unleased, before.HeardAt, before.AskedAt, before.HasLeft, before.HasEnded);
        (Recalled, Told, LastReply) = (before.Recalled, before.Told, before.LastReply);
        RememberShortage(before);
        if (endsAsKnown) EndBy(before.ExpiresAt);
    }

    /// <summary>Takes over what it lacked, and since when: it lacks no more what it has been lent since.</summary>
    public void RememberShortage(LedgerHolder before)
    {
        (Shortage, ShortageAt, LastShortage) = (before.Shortage, before.ShortageAt, before.LastShortage);
        Serve(Math.Max(0, Leased - before.Leased));
    }

    /// <summary>Notes a lease that begins at <paramref name="now"/> at the latest.</summary>
    public void Renew(TimeSpan lease, TimeSpan now)
    {
        var end = now + QuotaTerms.WaitFor(lease);
        if (end < ExpiresAt) return; // an earlier, longer one runs on
        ExpiresAt = end;
        Lease = lease;
    }
}
