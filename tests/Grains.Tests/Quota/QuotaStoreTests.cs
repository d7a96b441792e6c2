using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>The grain over a store that is away, from some silos or from all.</summary>
public sealed class QuotaStoreTests : IAsyncLifetime
{
    private static readonly QuotaTerms ShortTerms =
        Terms with { MayHaveForgotten = false, Lease = TimeSpan.FromSeconds(1), Renew = TimeSpan.FromSeconds(0.5) };

    // A quota that waits for its store as long as any does: a busy machine's is not taken for one that is away.
    private static readonly QuotaTerms Patient = Terms with { MayHaveForgotten = false };

    private readonly StoredStates _table = new();
    private readonly SiloLog _log = new();
    private readonly InProcessTestCluster _cluster;

    public QuotaStoreTests() => _cluster = Build(_table, _log, silos: 2, ShortTerms);

    public ValueTask InitializeAsync() => new(_cluster.DeployAsync(TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task ActivationThatFindsItsStoreAway_SaysSo_AndGoesOnWhenItIsBack()
    {
        var quota = _cluster.Client.GetGrain<IConnectionQuotaGrain>("away");
        _table.IsAwayFrom = _ => true;
        var reply = await quota.LeaseAsync(Request("g", 1, needed: 1));
        Assert.Equal((LeaseOutcome.Unavailable, QuotaDenial.StorageUnavailable), (reply.Outcome, reply.Denial));
        Assert.Equal(SetLimitOutcome.StorageUnavailable, (await quota.SetLimitAsync(5, 1)).Outcome);
        var fault = await Assert.ThrowsAsync<OrleansException>(() => quota.GetSnapshotAsync().AsTask());
        Assert.Contains("its store (Storage:Provider) fails", fault.Message, StringComparison.Ordinal);

        // A read that takes longer than a quarter of a second, as on a busy machine, is one that failed.
        _table.IsAwayFrom = _ => false;
        await Deadline.UntilAsync(
            async () =>
            {
                try
                {
                    return (await quota.GetSnapshotAsync()).Limit is 10;
                }
                catch (OrleansException)
                {
                    return false;
                }
            },
            "the quota to know what is lent");
        var number = 1;
        await Deadline.UntilAsync(
            async () => (await quota.LeaseAsync(Request("g", ++number, needed: 1))).Granted is 1, "the quota to lend");
    }

    [Fact]
    public async Task ActivationThatIsCutOffFromItsStore_MovesToASiloThatIsNot()
    {
        var quota = _cluster.Client.GetGrain<IConnectionQuotaGrain>("cut off");
        await quota.LeaseAsync(Request("g", 1, needed: 1));
        var place = _table.LastCaller;
        _table.IsAwayFrom = silo => silo == place;

        var number = 1;
        await Deadline.UntilAsync(
            async () => (await quota.LeaseAsync(Request("h", ++number, needed: 2))) is { Outcome: LeaseOutcome.Granted, Granted: 2 },
            "a quota elsewhere");
        Assert.NotEqual(place, _table.LastCaller);
    }

    [Fact]
    public async Task StoreThatCanOnlyBeRead_IsNotBack_UntilAWriteSucceeds_AndTheQuotaLooksElsewhere()
    {
        var quota = _cluster.Client.GetGrain<IConnectionQuotaGrain>("read only");
        await quota.LeaseAsync(Request("g", 1, needed: 1));
        _table.TakesNoWrites = true;
        var number = 1;
        await Deadline.UntilAsync(
            async () =>
            {
                await quota.LeaseAsync(Request("h", ++number, needed: 2));
                return _log.Count("goes to silo") > 0 && _log.Count("lends nothing new: its store") is 2; // once on each silo
            },
            "the quota to look for another silo");
        Assert.Equal(0, _log.Count("has its store back"));
        Assert.Equal(2, _log.Count("lends nothing new: its store"));
        _table.TakesNoWrites = false;
        await Deadline.UntilAsync(async () => (await quota.LeaseAsync(Request("h", ++number, needed: 2))).Outcome is LeaseOutcome.Granted,
            "the quota to lend again");
        Assert.Equal(1, _log.Count("has its store back"));
    }

    [Fact]
    public async Task StoreThatWasAwayAndCanThenOnlyBeRead_IsNotBack_UntilAWriteSucceeds()
    {
        var quota = _cluster.Client.GetGrain<IConnectionQuotaGrain>("read only at first");
        _table.IsAwayFrom = _ => true;
        await quota.LeaseAsync(Request("g", 1, needed: 1)); // this activation has not read yet
        _table.TakesNoWrites = true;
        _table.IsAwayFrom = _ => false;
        var number = 1;
        await Deadline.UntilAsync(
            async () =>
            {
                await quota.LeaseAsync(Request("g", ++number, needed: 1));
                return _log.Count("goes to silo") > 0 && _log.Count("lends nothing new: its store") is 2; // once on each silo
            },
            "the quota to look for another silo");
        Assert.Equal(0, _log.Count("has its store back"));
        _table.TakesNoWrites = false;
        await Deadline.UntilAsync(
            async () => (await quota.LeaseAsync(Request("g", ++number, needed: 1))).Outcome is LeaseOutcome.Granted, "the quota to lend");
        Assert.Equal(1, _log.Count("has its store back"));
    }

    [Fact]
    public async Task StoreThatComesAndGoes_IsNotSaidToFailEachTime()
    {
        var quota = _cluster.Client.GetGrain<IConnectionQuotaGrain>("flaky");
        for (var number = 1; number < 40; number++)
        {
            _table.TakesNoWrites = number % 2 is 0;
            await quota.LeaseAsync(Request("g", number));
        }

        Assert.InRange(_log.Count("lends nothing new: its store"), 1, 2); // once on each silo
        Assert.InRange(_log.Count("has its store back"), 1, 2);
    }

    [Fact]
    public async Task StoreThatCameBack_AndThenStaysAway_IsSaidToFail_AsSoonAsThatMayBeSaidAgain()
    {
        // One silo: the quota has nowhere to go, so that one activation says all of it.
        var time = new FakeTimeProvider();
        await using var alone = Build(_table, _log, silos: 1, Patient, new StoreFaultLog(time));
        await alone.DeployAsync(TestContext.Current.CancellationToken);
        var quota = alone.Client.GetGrain<IConnectionQuotaGrain>("back and away");
        var number = 0;
        await AskAsync(isAway: false);

        // 1. It goes, comes back, and goes again: that is said once, as with any that comes and goes.
        await AskAsync(isAway: true);
        Assert.Equal((1, 0), Said());
        await AskAsync(isAway: false);
        Assert.Equal((1, 1), Said());
        await AskAsync(isAway: true);
        await AskAsync(isAway: true);
        Assert.Equal((1, 1), Said());

        // 2. It stays away.
        time.Advance(TimeSpan.FromSeconds(29));
        await AskAsync(isAway: true);
        Assert.Equal((1, 1), Said());
        time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(isAway: true);
        Assert.Equal((2, 1), Said());
        Assert.Equal(1, _log.Count("more times since that was last said here"));

        // 3. And is back.
        await AskAsync(isAway: false);
        Assert.Equal((2, 2), Said());

        async Task AskAsync(bool isAway)
        {
            _table.TakesNoWrites = isAway;
            // One more than it has been lent, which takes a store.
            var reply = await quota.LeaseAsync(Request("g", ++number, needed: isAway ? 2 : 1));
            Assert.Equal(isAway ? QuotaDenial.StorageUnavailable : QuotaDenial.None, reply.Denial);
        }

        (int Fails, int IsBack) Said() => (_log.Count("lends nothing new: its store"), _log.Count("has its store back"));
    }

    private static InProcessTestCluster Build(
        StoredStates table, ILoggerProvider log, short silos, QuotaTerms terms, StoreFaultLog? faults = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddSingleton(log);
            silo.Services.AddKeyedSingleton<IGrainStorage>(GrainStorageNames.Quota,
                (services, _) => new SiloStore(table, services.GetRequiredService<ILocalSiloDetails>().SiloAddress));
            silo.Services.AddMetrics();
            silo.Services.AddSingleton(terms);
            silo.Services.AddSingleton<QuotaMetrics>();
            if (faults is null) silo.Services.AddSingleton<StoreFaultLog>();
            else silo.Services.AddSingleton(faults);
        });
        return builder.Build();
    }

    /// <summary>What the silos say.</summary>
    private sealed class SiloLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public int Count(string words) => _lines.Count(line => line.Contains(words, StringComparison.Ordinal));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    /// <summary>What is stored, for all silos.</summary>
    private sealed class StoredStates
    {
        public Dictionary<GrainId, (object State, int Version)> Rows { get; } = [];

        public Func<SiloAddress, bool> IsAwayFrom { get; set; } = _ => false;

        public bool TakesNoWrites { get; set; }

        public SiloAddress? LastCaller { get; set; }
    }

    /// <summary>One silo's way to the table.</summary>
    private sealed class SiloStore(StoredStates table, SiloAddress silo) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(() => Call(rows =>
        {
            grainState.RecordExists = rows.TryGetValue(grainId, out var row);
            if (!grainState.RecordExists) return;
            grainState.State = (T)row.State;
            grainState.ETag = $"{row.Version}";
        }));

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(() => Call(rows =>
        {
            if (table.TakesNoWrites) throw new IOException("It is full.");
            var version = rows.TryGetValue(grainId, out var row) ? row.Version : 0;
            if ((grainState.ETag ?? "0") != $"{version}")
            {
                throw new InconsistentStateException("Another one was first.", $"{version}", grainState.ETag);
            }

            rows[grainId] = (grainState.State!, version + 1);
            (grainState.ETag, grainState.RecordExists) = ($"{version + 1}", true);
        }));

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        private void Call(Action<Dictionary<GrainId, (object State, int Version)>> call)
        {
            lock (table)
            {
                if (table.IsAwayFrom(silo)) throw new IOException("Nobody is there.");
                table.LastCaller = silo;
                call(table.Rows);
            }
        }
    }
}
