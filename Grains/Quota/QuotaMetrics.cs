using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>
/// The quota's instruments, on the meter <c>OrleansEcho.Grains</c>: what the quotas that are active in this silo
/// know. Described in docs/operations.md.
/// </summary>
internal sealed class QuotaMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "OrleansEcho.Grains";

    private readonly ConcurrentDictionary<object, (string Scope, Func<QuotaSnapshot?> Describe, Func<bool?> HasStore)> _active = new();
    private readonly Counter<long> _grants;
    private readonly Counter<long> _denials;
    private readonly Counter<long> _recalls;
    private readonly Counter<long> _expired;
    private readonly Histogram<double> _storeDuration;

    public QuotaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _grants = meter.CreateCounter<long>("echo.quota.grants", "{permit}", "Permits lent on top of what their holders had.");
        _denials =
            meter.CreateCounter<long>("echo.quota.denials", "{request}", "Requests that got fewer permits than they needed, by reason.");
        _recalls = meter.CreateCounter<long>("echo.quota.recalls", "{permit}", "Permits that gateways were told to give back.");
        _expired = meter.CreateCounter<long>("echo.quota.lease.expired", "{lease}",
            "Leases that ended with permits in them: of gateways that are gone, or could not renew in time.");
        _storeDuration = meter.CreateHistogram<double>(
            "echo.quota.store.duration", "s", "How long the quota's store took to read or to write; failed calls are not in it.");
        meter.CreateObservableUpDownCounter("echo.quota.store.available", ObserveStores, "{store}",
            "1 while the quota's store does what it is asked for, else 0; absent until it has been asked.");
        meter.CreateObservableUpDownCounter(
            "echo.quota.limit", () => Observe(s => s.Limit), "{connection}", "The limit; absent when there is none.");
        meter.CreateObservableUpDownCounter("echo.quota.permits.leased", () => Observe(s => s.Leased), "{permit}", "Permits on loan.");
        meter.CreateObservableUpDownCounter("echo.quota.permits.in_use", () => Observe(s => s.InUse), "{permit}",
            "Permits on loan that have a connection, as gateways reported last.");
    }

    /// <summary>
    /// Brings a quota's series into being, at zero: its grain may come to any silo at any time, and what it does first there is a rise
    /// only if the series were there before.
    /// </summary>
    public void Begin(string scope)
    {
        var tag = Tag(scope);
        foreach (var counter in (Counter<long>[])[_grants, _recalls, _expired]) counter.Add(0, tag);
        foreach (var reason in Enum.GetValues<QuotaDenial>().Except([QuotaDenial.None]))
        {
            _denials.Add(0, tag, new("echo.quota.denial", reason.ToString()));
        }
    }

    /// <summary>Begins to tell of a quota.</summary>
    /// <param name="quota">The activation.</param>
    /// <param name="scope">Its scope.</param>
    /// <param name="describe">What it knows; null when it does not yet.</param>
    /// <param name="hasStore">Whether a write has succeeded since a call to its store failed; null before the first of either.</param>
    public void Add(object quota, string scope, Func<QuotaSnapshot?> describe, Func<bool?> hasStore) =>
        _active[quota] = (scope, describe, hasStore);

    /// <summary>The store has done what it was asked for.</summary>
    public void StoreAnswered(string scope, TimeSpan took) => _storeDuration.Record(took.TotalSeconds, Tag(scope));

    /// <summary>Ends to tell of a quota.</summary>
    public void Remove(object quota) => _active.TryRemove(quota, out _);

    /// <summary>Counts what a ledger has done since it was counted last.</summary>
    public void Count(string scope, LedgerCounts now, LedgerCounts before)
    {
        var tag = Tag(scope);
        Add(_grants, now.Granted - before.Granted, tag);
        Add(_recalls, now.Recalled - before.Recalled, tag);
        Add(_expired, now.Expired - before.Expired, tag);
        foreach (var reason in Enum.GetValues<QuotaDenial>())
        {
            Add(_denials, now.Denials(reason) - before.Denials(reason), tag, new("echo.quota.denial", reason.ToString()));
        }
    }

    private static void Add(Counter<long> counter, long amount, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (amount > 0) counter.Add(amount, tags);
    }

    private IEnumerable<Measurement<long>> Observe(Func<QuotaSnapshot, long?> value)
    {
        foreach (var (scope, describe, _) in _active.Values)
        {
            if (describe() is { } snapshot && value(snapshot) is { } number) yield return new(number, Tag(scope));
        }
    }

    private IEnumerable<Measurement<int>> ObserveStores()
    {
        foreach (var (scope, _, hasStore) in _active.Values)
        {
            if (hasStore() is { } has) yield return new(has ? 1 : 0, Tag(scope));
        }
    }

    private static KeyValuePair<string, object?> Tag(string scope) => new("echo.quota.scope", scope);
}
