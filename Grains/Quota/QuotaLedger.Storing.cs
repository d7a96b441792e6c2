namespace OrleansEcho.Grains.Quota;

/// <content>What a record of the store means to it, and what its own record says.</content>
internal sealed partial class QuotaLedger
{
    /// <summary>The store was read.</summary>
    /// <param name="found">What is in it; null when there is nothing.</param>
    /// <param name="now">A time after the read.</param>
    public void Loaded(QuotaRecord? found, TimeSpan now)
    {
        NeedsRead = false;
        _mayMissHolders = found is null && terms.MayHaveForgotten;
        if (found is not null && found.Writer != id)
        {
            var isShared = IsOfAnotherCluster(found);
            if ((_hasWritten || _isOvertaken) && !isShared)
            {
                Supersede();
                return;
            }

            if (isShared) _hasWritten = false; // this table covers nothing any more that the other has written since
        }

        _isOvertaken = false;
        if (_hasWritten)
        {
            // The store was emptied. Its own table is the truth, unless another activation had taken over before.
            if (_mayMissHolders) Relearn(now);
        }
        else
        {
            Adopt(found, now);
        }

        if (_epochSeen <= _epoch) return;

        // Somebody was answered by a later activation than the store knows of: it went back in time, or was emptied.
        if (_hasWritten || found is not null) Relearn(now);
        _epoch = _epochSeen + 1;
    }

    private bool IsOfAnotherCluster(QuotaRecord found) => found.Cluster is { } other && terms.Cluster is { } own && other != own;

    private void Adopt(QuotaRecord? found, TimeSpan now)
    {
        var known = _holders.Values.Concat(_ended.Values).DistinctBy(holder => holder.Id).ToDictionary(holder => holder.Id);
        var (relearned, relearnedUntil) = (_relearningId, _relearnsUntil);
        _holders.Clear();
        _relearnsUntil = TimeSpan.MinValue;
        _epoch = (found?.Epoch ?? 0) + 1;
        _foundLimit = found?.Limit is not null;
        var wasUnlimited = found is { Limit: null };

        AdoptLimit(found);
        foreach (var stored in found?.Holders ?? [])
        {
            // When it was lent this is not known, but it was before now.
            var holder = new LedgerHolder(stored.Holder, stored.Gateway)
            {
                Leased = stored.Leased,
                InUse = Math.Min(stored.InUse ?? stored.Leased, stored.Leased),
                LastNumber = stored.LastNumber,
            };
            holder.Renew(stored.Lease, now);
            holder.HeardAt = now;
            if (stored.EndsIn is { } rest) holder.EndBy(now + rest);
            var before = known.GetValueOrDefault(holder.Id);
            if (before is not null) holder.RememberShortage(before);
            // Else it has said so here, and more recently.
            if (before?.AskedAt is null) holder.NoteShortage(stored.Shortage, now, ShortagesStand);
            if (before is not null && before.LastNumber == holder.LastNumber && before.Leased == holder.Leased)
            {
                holder.Remember(before, endsAsKnown: stored.EndsIn is not null);
            }

            _holders.Add(holder.Id, holder);
        }

        if (wasUnlimited && _limit is not null) _mayMissHolders = true;
        if (_mayMissHolders) Relearn(now);
        else if (found is { IsComplete: false }) RelearnFor(found, relearned, relearnedUntil, now);
    }

    // What is left of the wait that the record tells of: who begins it anew with each takeover never comes to its end.
    private void RelearnFor(QuotaRecord found, string? known, TimeSpan knownUntil, TimeSpan now)
    {
        Relearn(now);
        if (found is not { IncompleteFor: { } rest, Relearning: { } name }) return;
        var until = name == known && knownUntil < now + rest ? knownUntil : now + rest;
        if (until < _relearnsUntil) _relearnsUntil = until;
        _relearningId = name;
    }

    // Who is not in the table was lent permits on the same terms as those who are: an earlier configuration may have had a longer lease.
    private void Relearn(TimeSpan now)
    {
        var lease = _holders.Values.Select(h => h.Lease).Append(terms.Lease).Max();
        _relearnsUntil = now + QuotaTerms.WaitFor(lease);
        _relearningId = $"{id}.{++_relearnings}";
    }

    private QuotaRecord ToRecord(List<Decision> batch, TimeSpan now)
    {
        var change = batch.Find(d => d.Change is not null)?.Change; // a batch has one at most
        var limit = change is null ? _limit : change.Limit;
        var isToRelearn = _limit is null && limit is not null; // from when it is written
        var isComplete = now >= _relearnsUntil && !isToRelearn;
        foreach (var holder in _holders.Values)
        {
            holder.WillOutlastStored = IsServed(holder, now);
            holder.MayOutlastStored &= holder.WillOutlastStored; // as soon as the store may have it
        }

        return new QuotaRecord
        {
            Epoch = _epoch,
            Writer = id,
            Limit = limit,
            ConfiguredLimit = _configuredLimit,
            Clusters = _clusters,
            Version = change is null ? _version : _version + 1,
            IsComplete = isComplete,
            Cluster = terms.Cluster,
            Relearning = isComplete || isToRelearn ? null : _relearningId,
            IncompleteFor = isComplete || isToRelearn ? null : _relearnsUntil - now,
            Holders = [.. _holders.Values.Select(
                h => new HolderRecord(h.Id, h.Gateway, h.Total, h.LastNumber, h.Lease > terms.Lease ? h.Lease : terms.Lease)
            {
                EndsIn = h.WillOutlastStored ? null : h.ExpiresAt - now,
                InUse = h.InUse,
                Shortage = h.LastShortage, // how long that stands is everybody's own affair
            })],
        };
    }

    // Who has asked this activation of late may be renewed without the store, up to a lease after the last write:
    // the record cannot say when that ends.
    private bool IsServed(LedgerHolder holder, TimeSpan now) => holder.AskedAt is { } asked && now - asked < terms.Renew * 3;
}
