using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;
using Orleans.Storage;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>
/// Moves messages between gateways, the <see cref="QuotaLedger"/> and the store: every request that arrives while the store is busy goes
/// into the next write. Reentrant, so that they do arrive; all of it runs on the grain's scheduler, one turn at a time.
/// </summary>
/// <remarks>
/// The record is read here and not by <c>[PersistentState]</c>: that makes an activation fail whose store is away, with the store's own
/// exception, which a gateway cannot even read. This one answers, and says what is the matter.
/// </remarks>
[GrainType("connectionquota")] // its name between processes of different versions, and part of what is stored: another would find nothing
[Reentrant]
internal sealed partial class ConnectionQuotaGrain(
    [FromKeyedServices(GrainStorageNames.Quota)] IGrainStorage store,
    QuotaTerms terms,
    QuotaMetrics metrics,
    StoreFaultLog faults,
    ISiloStatusOracle cluster,
    TimeProvider time,
    ILogger<ConnectionQuotaGrain> logger) : Grain, IConnectionQuotaGrain
{
    // Part of what is stored: another name would find nothing.
    private const string StateName = "quota";

    private static readonly TimeSpan MostStorePatience = TimeSpan.FromSeconds(1);

    // A store answers within tens of milliseconds; who waits is better told soon what goes without it, before it gives up itself.
    private readonly TimeSpan _storePatience = terms.Renew / 2 < MostStorePatience ? terms.Renew / 2 : MostStorePatience;

    private readonly QuotaLedger _ledger = new(Guid.NewGuid().ToString("N"), terms);
    private readonly Dictionary<int, TaskCompletionSource<LedgerAnswer>> _waiting = [];
    private readonly GrainState<QuotaRecord> _stored = new();
    private Task _storeCall = Task.CompletedTask;
    private LedgerCounts _counted = new();
    private volatile QuotaSnapshot? _snapshot;
    private bool? _hasStore; // read by exporters, on other threads: a moment too late does no harm
    private bool _isDriving;
    private bool _wasRead;
    private TimeSpan? _storeFailsSince;
    private bool _saidStoreFails;
    private bool _saidRelearning;
    private bool _saidSuperseded;
    private SharedQuota? _saidShared;

    private string Scope => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        metrics.Add(this, Scope, () => _snapshot, () => _hasStore);
        this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(terms.Renew, terms.Renew) { Interleave = true });
        return DriveAsync(); // so that a quota that nobody has asked yet knows what is stored
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Remove(this);
        return Task.CompletedTask;
    }

    public async ValueTask<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        if (QuotaLedger.FaultIn(request) is { } fault) throw new ArgumentException($"Not a request for a lease: {fault}.", nameof(request));
        EnsureInCharge();
        return (await AnswerAsync(_ledger.Ask(request, Now))).Lease!;
    }

    public async ValueTask<SetLimitReply> SetLimitAsync(int limit, long expectedVersion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        EnsureInCharge();
        var reply = (await AnswerAsync(_ledger.SetLimit(limit, expectedVersion, Now))).Limit!;
        if (reply.Outcome is SetLimitOutcome.Changed) Log.LimitChanged(logger, Scope, limit, reply.Version);
        return reply;
    }

    public async ValueTask<QuotaSnapshot> GetSnapshotAsync()
    {
        EnsureInCharge();
        if (!_wasRead) await DriveAsync();
        EnsureInCharge();
        if (!_wasRead) throw new OrleansException($"The quota '{Scope}' does not know what is lent: its store (Storage:Provider) fails.");
        return _ledger.Describe(Now);
    }

    private void EnsureInCharge()
    {
        if (_ledger.IsSuperseded) throw Superseded();
    }

    private OrleansException Superseded() => new($"Another activation of the quota '{Scope}' has taken over; ask again.");

    private TimeSpan Now => time.GetElapsedTime(0);

    private Task<LedgerAnswer> AnswerAsync(int ticket)
    {
        var answer = new TaskCompletionSource<LedgerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(ticket, answer);
        DriveAsync().Ignore(); // it reports its faults itself, and may go on for others when this answer is there
        return answer.Task;
    }

    /// <summary>Does what the ledger asks for until nobody waits for anything that the store has not been asked for.</summary>
    private async Task DriveAsync()
    {
        if (_isDriving) return; // whoever is will see to it
        _isDriving = true;
        try
        {
            if (!_wasRead) await ReadAsync();
            while (!_ledger.IsSuperseded && _ledger.HasQuestions)
            {
                if (_ledger.NeedsRead && !await ReadAsync()) continue;
                var record = _ledger.BeginWrite(Now);
                Deliver();
                if (record is not null) await WriteAsync(record);
            }
        }
        catch (Exception fault)
        {
            Log.Failed(logger, Scope, fault); // a fault of ours: another activation begins with what is stored
            _ledger.Supersede();
            _saidSuperseded = true;
        }
        finally
        {
            _isDriving = false;
            Deliver();
        }
    }

    private async Task<bool> ReadAsync()
    {
        if (!await CallStoreAsync(() => store.ReadStateAsync(StateName, this.GetGrainId(), _stored), isWrite: false)) return false;
        _wasRead = true;
        _ledger.Loaded(_stored.RecordExists ? _stored.State : null, Now);
        Deliver();
        return true;
    }

    private async Task WriteAsync(QuotaRecord record)
    {
        if (await CallStoreAsync(() =>
        {
            _stored.State = record;
            return store.WriteStateAsync(StateName, this.GetGrainId(), _stored);
        }, isWrite: true))
        {
            _ledger.Written(Now);
        }

        Deliver();
    }

    private async Task<bool> CallStoreAsync(Func<Task> call, bool isWrite)
    {
        try
        {
            if (!_storeCall.IsCompleted) throw new TimeoutException("An earlier call to the store has not ended yet.");
            var calledAt = time.GetTimestamp();
            _storeCall = call();
            await _storeCall.WaitAsync(_storePatience, time);
            metrics.StoreAnswered(Scope, time.GetElapsedTime(calledAt));
            if (!isWrite) return true; // a store that is full, or read-only, can be read: it is well when a write has succeeded
            _hasStore = true;
            (_storeFailsSince, _saidStoreFails) = (null, false);
            if (faults.IsBack(Scope)) Log.StoreIsBack(logger, Scope);
            return true;
        }
        catch (InconsistentStateException)
        {
            _ledger.Overtaken(Now);
        }
        catch (Exception fault) // each store has exceptions of its own
        {
            if (!_saidStoreFails) SayStoreFails(Explain(fault)); // also of one that stays away after it has come and gone
            _storeFailsSince ??= Now;
            _hasStore = false;
            _ledger.StoreFailed(Now);
            Deliver();
        }

        return false;
    }

    private void SayStoreFails(string fault)
    {
        if (!faults.Fails(Scope, out var unsaid)) return;
        Log.StoreFault(logger, Scope, fault);
        if (unsaid > 0) Log.StoreFaultsUnsaid(logger, Scope, unsaid);
        _saidStoreFails = true;
    }

    // Leases end although nobody asks; and metrics should say so.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_wasRead) await DriveAsync();
        Deliver();

        // By half of a lease all gateways have been given what it may give without the store. Perhaps another silo can reach it,
        // and has the other half to renew them.
        if (Now - _storeFailsSince > terms.Lease / 2 && !_ledger.IsUnlimited && !_ledger.IsSuperseded) Move();
    }

    /// <summary>Goes to another silo, if there is one. Left to itself, Orleans makes the next activation where the last one was.</summary>
    private void Move()
    {
        // As this silo knows them: the list of silos may be in the store that cannot be reached.
        var others = cluster.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(cluster.SiloAddress)).ToArray();
        if (others.Length is 0) return;
        var there = Random.Shared.GetItems(others, 1)[0];
        Log.Moves(logger, Scope, there);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, there);
        MigrateOnIdle();
        _storeFailsSince = Now; // one that finds no place there stays, and tries again after as long
    }

    // The store's own words, out of pages of them: Orleans puts a stack trace into its message, and clients of stores their statistics.
    private static string Explain(Exception fault)
    {
        const string nameEnds = "Exception: ";
        var words = fault.GetBaseException().Message;
        var name = words.LastIndexOf(nameEnds, StringComparison.Ordinal);
        if (name >= 0) words = words[(name + nameEnds.Length)..];
        return words.Split(';', '\r', '\n')[0].TrimEnd('.', ' ');
    }

    private void Deliver()
    {
        foreach (var answer in _ledger.TakeAnswers())
        {
            if (_waiting.Remove(answer.Ticket, out var waiting)) waiting.SetResult(answer);
        }

        if (_ledger.IsSuperseded)
        {
            if (!_saidSuperseded) Log.Superseded(logger, Scope);
            _saidSuperseded = true;
            foreach (var waiting in _waiting.Values) waiting.SetException(Superseded());
            _waiting.Clear();
            DeactivateOnIdle();
            return;
        }

        if (!_wasRead) return;
        if (_ledger.SharedWith is { } other && other != _saidShared) SayShared(other);
        metrics.Count(Scope, _ledger.Counts, _counted);
        _counted = _ledger.Counts.Copy();
        _snapshot = _ledger.Describe(Now);
        if (_snapshot.IsRelearning && !_saidRelearning) Log.Relearning(logger, Scope, QuotaTerms.WaitFor(terms.Lease).TotalSeconds);
        if (!_snapshot.IsRelearning && _saidRelearning) Log.Relearned(logger, Scope, _snapshot.Leased, _snapshot.Limit);
        _saidRelearning = _snapshot.IsRelearning;
    }

    private void SayShared(SharedQuota other)
    {
        _saidShared = other;
        if (other is { CountsNobody: true, Limit: not null }) Log.SharedAndUncounted(logger, Scope, other.Cluster);
        else if (other.TheirLimit == other.OwnLimit) Log.Shared(logger, Scope, other.Cluster);
        else Log.SharedAndDifferent(logger, Scope, other.Cluster, Words(other.OwnLimit), Words(other.TheirLimit), Words(other.Limit));
    }

    private static string Words(int? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Information, "The limit of the quota '{Scope}' is {Limit} now (version {Version}).")]
        public static partial void LimitChanged(ILogger logger, string scope, int limit, long version);

        [LoggerMessage(3102, LogLevel.Warning,
            "The quota '{Scope}' does not know what was lent before: it lends nothing new for {Seconds:0.#} s, while gateways report what "
            + "they hold.")]
        public static partial void Relearning(ILogger logger, string scope, double seconds);

        [LoggerMessage(3108, LogLevel.Information, "The quota '{Scope}' goes to silo {Silo}: perhaps it can reach its store from there.")]
        public static partial void Moves(ILogger logger, string scope, SiloAddress silo);

        [LoggerMessage(3107, LogLevel.Information, "The quota '{Scope}' lends again: gateways hold {Leased} of {Limit}.")]
        public static partial void Relearned(ILogger logger, string scope, long leased, int? limit);

        [LoggerMessage(3103, LogLevel.Warning, "The quota '{Scope}' lends nothing new: its store (Storage:Provider) fails: {Fault}.")]
        public static partial void StoreFault(ILogger logger, string scope, string fault);

        [LoggerMessage(
            3111, LogLevel.Warning, "The store of the quota '{Scope}' has failed {Count} more times since that was last said here.")]
        public static partial void StoreFaultsUnsaid(ILogger logger, string scope, int count);

        [LoggerMessage(3104, LogLevel.Information, "The quota '{Scope}' has its store back.")]
        public static partial void StoreIsBack(ILogger logger, string scope);

        [LoggerMessage(3105, LogLevel.Information, "Another activation of the quota '{Scope}' has taken over; this one has stopped.")]
        public static partial void Superseded(ILogger logger, string scope);

        [LoggerMessage(3109, LogLevel.Information,
            "The quota '{Scope}' is shared with cluster {Cluster}: it has the same service (Cluster:ServiceId) and the same store. The "
            + "limit holds for both together.")]
        public static partial void Shared(ILogger logger, string scope, string cluster);

        [LoggerMessage(
            3110,
            LogLevel.Warning,
            "The quota '{Scope}' is shared with cluster {Cluster}, and they are configured differently: the limit is {Own} here and "
            + "{Theirs} there, and {InForce} for both. "
            + "Set the same Quota:Limit in both, or give each its own Cluster:ServiceId.")]
        public static partial void SharedAndDifferent(
            ILogger logger, string scope, string cluster, string own, string theirs, string inForce);

        [LoggerMessage(
            3112,
            LogLevel.Warning,
            "The quota '{Scope}' is shared with cluster {Cluster}, which runs without a limit: its connections are not counted until its "
            + "silos have been restarted. "
            + "Restart them with the same Quota:Limit, or give each its own Cluster:ServiceId.")]
        public static partial void SharedAndUncounted(ILogger logger, string scope, string cluster);

        [LoggerMessage(3106, LogLevel.Error, "The quota '{Scope}' failed; another activation of it begins.")]
        public static partial void Failed(ILogger logger, string scope, Exception fault);
    }
}
