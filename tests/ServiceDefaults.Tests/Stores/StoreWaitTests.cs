using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Tests.Stores;

public sealed class StoreWaitTests : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly LoggerFactory _logging;
    private readonly Application _application = new();
    private readonly StartInterruption _interruption;
    private readonly StoreWait _wait;
    private readonly ScriptedStore _store = new();
    private int _attempts;

    public StoreWaitTests()
    {
        _logging = new LoggerFactory([_log]);
        _interruption = new StartInterruption(_application);
        _wait = new StoreWait(_interruption, _time, _logging.CreateLogger<StoreWait>());
    }

    public void Dispose()
    {
        _logging.Dispose();
        _log.Dispose();
        _interruption.Dispose();
        _application.Dispose();
    }

    [Fact]
    public async Task NothingIsSaid_WhenTheStoreIsThere()
    {
        await StartAsync(failures: 0);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task StoreIsWaitedFor_AndNamedEveryFiveSeconds()
    {
        var waiting = StartAsync(failures: 21); // ten seconds
        for (var i = 0; i < 21; i++) _time.Advance(Retry);
        await waiting;
        Assert.Equal(
            [.. Enumerable.Repeat("Waiting for Store at here (Sample:ConnectionString): pass.", 3), "Store at here (Sample:ConnectionString) is there."],
            _log.Lines.Select(line => line.Message));
        Assert.Equal(22, _attempts);
    }

    [Fact]
    public async Task StartEnds_WhenSomebodyHasToMendSomethingFirst()
    {
        var fault = await Assert.ThrowsAsync<StartupException>(() => StartAsync(failures: 1, "mend"));
        Assert.Equal((ExitCode.Failure, "Store at here (Sample:ConnectionString) cannot be used: mend; mend the connection string, or what is wrong there."), (fault.ExitCode, fault.Message));
    }

    [Fact]
    public Task FaultThatIsNotTheStores_IsLeftAsItIs() => Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(failures: 1, "bug"));

    [Fact]
    public async Task SignalEndsTheWaiting_AndStopsTheProgram()
    {
        var waiting = StartAsync(failures: int.MaxValue);
        _interruption.Request();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        Assert.True(_application.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public void OutageIsSaidOnce_AndItsEnd()
    {
        var time = new FakeTimeProvider();
        using var outage = new StoreOutage("Store", "So be it.", time, _logging.CreateLogger<StoreWait>());
        outage.There();
        outage.Away("connection refused");
        outage.Away("no answer");
        Assert.Equal("no answer", outage.Fault);
        outage.There();
        outage.There();
        Assert.Equal(["Store cannot be used: connection refused. So be it.", "Store can be used again."], _log.Lines.Select(line => line.Message));
        Assert.Null(outage.Fault);

        outage.Away("no answer"); // it comes and goes
        Assert.Equal("no answer", outage.Fault);
        Assert.Equal(2, _log.Lines.Count);
        time.Advance(OutageNotices.Interval);
        Assert.Equal("Store has gone away 1 more times within 10 s. It cannot be used now.", _log.Lines.Last().Message);
    }

    private Task StartAsync(int failures, string words = "pass") => _wait.UntilAsync(
        _store,
        _ => _attempts++ < failures ? throw new InvalidOperationException(words) : Task.CompletedTask,
        TestContext.Current.CancellationToken);

    private sealed class Application : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
