using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Backend;

public sealed class OrleansBackendConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ConnectionOpening Opening = new() { Gateway = "g", Listener = "l", Peer = "p", OpenedAt = default, NextSequence = 1 };

    private readonly WatchedTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollector<long> _repeats;
    private readonly SiloLinks _links = new(new BackendReachability(NullLogger<BackendReachability>.Instance));
    private readonly MetricCollector<long> _moves;
    private readonly BackendRetry _retry;
    private readonly ScriptedGrain _script;
    private readonly OrleansBackendConnection _connection;

    public OrleansBackendConnectionTests()
    {
        var meters = _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        _repeats = new(meters, GatewayMetrics.MeterName, "echo.gateway.backend.repeats");
        _script = AddSilo("first");
        _moves = new(meters, GatewayMetrics.MeterName, "echo.gateway.backend.moves");
        _retry = new BackendRetry(CallTimeout, Patience, new GatewayMetrics(meters), _time);
        _connection = NewConnection();
    }

    public static TheoryData<Exception> Transient =>
        [new TimeoutException(), new OrleansException("no"), new SocketException(), new IOException(), new ObjectDisposedException("client")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _connection.OpenAsync(Stop);
        _script.Calls.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _repeats.Dispose();
        _moves.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task ASetOnASiloThatIsLost_GoesToAnotherAtOnce()
    {
        await EchoAsync(1, "abc");
        var second = AddSilo("second");
        _script.Hang();
        var echo = EchoAsync(2, "de");
        Assert.False(echo.IsCompleted);

        Lose("first");

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 2/1/3", "echo 2"], second.Calls);
        Assert.Equal([("second", 1)], Places());
    }

    [Fact]
    public async Task ASetWaitsForASilo_WhenThereIsNone()
    {
        Lose("first");
        var echo = EchoAsync(1, "a");
        var second = AddSilo("second");

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 1/0/0", "echo 1"], second.Calls);
        Assert.Empty(_script.Calls);
    }

    [Fact]
    public async Task ASetWithoutAnAnswer_GoesToAnotherSilo()
    {
        var second = AddSilo("second");
        _script.Fail(new TimeoutException());
        var echo = EchoAsync(1, "a");
        _time.Advance(await _time.NextTimerAsync());

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 1/0/0", "echo 1"], second.Calls);
    }

    [Fact]
    public async Task AConnectionGoesElsewhereWithItsNextSet_WhenItsSiloLeaves()
    {
        var second = AddSilo("second");
        _links.All[0].Retire();
        Assert.Equal([("first", 1), ("second", 0)], Places());

        await EchoAsync(1, "a");
        await EchoAsync(2, "b");

        Assert.Equal(["open 1/0/0", "echo 1", "echo 2"], second.Calls);
        Assert.Empty(_script.Calls);
        Assert.Equal([("first", 0), ("second", 1)], Places());
        await _connection.CloseAsync(CloseReason.PeerClosed);
        Assert.Equal([("first", 0), ("second", 0)], Places());
    }

    [Fact]
    public async Task AGrainThatHasVanishedIsOpenedWhereItsPeersEchoesEnd()
    {
        await _connection.OpenAsync(Stop);
        await EchoAsync(1, "abc", "de");
        await EchoAsync(2, "f");
        _script.Forget();
        await EchoAsync(3, "gh");
        await EchoAsync(4, "i");

        Assert.Equal(["open 1/0/0", "echo 1", "echo 2", "echo 3", "open 3/3/6", "echo 3", "echo 4"], _script.Calls);
        Assert.Empty(_repeats.GetMeasurementSnapshot()); // the usual end of an idle grain is no trouble
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task ASetWhoseOutcomeIsUnknownIsSentAgain(Exception fault)
    {
        _script.Fail(fault);
        var echo = EchoAsync(1, "a");

        Assert.Equal(TimeSpan.FromMilliseconds(50), await _time.NextTimerAsync());
        Assert.Equal(["echo 1"], _script.Calls);
        _time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal("a", (await echo.WithinAsync("the second try")).Text());
        Assert.Equal(["echo 1", "echo 1"], _script.Calls);
        Assert.Single(_repeats.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task AnOpeningThatFailsOnTheWayIsTriedAgainWithItsSet()
    {
        await EchoAsync(1, "abc");
        _script.Forget();
        _script.Fail(new TimeoutException()); // of the opening
        var echo = EchoAsync(2, "d");
        _time.Advance(await _time.NextTimerAsync());

        await echo.WithinAsync("the second try");
        Assert.Equal(["echo 1", "echo 2", "open 2/1/3", "open 2/1/3", "echo 2"], _script.Calls);
    }

    [Fact]
    public async Task AGrainThatVanishesAgainAtOnceIsNotAskedInATightLoop()
    {
        _script.Forget();
        _script.Fail([null]); // the opening succeeds
        _script.Forget();
        var echo = EchoAsync(1, "a");

        _time.Advance(await _time.NextTimerAsync());

        await echo.WithinAsync("the second try");
        Assert.Equal(["echo 1", "open 1/0/0", "echo 1", "open 1/0/0", "echo 1"], _script.Calls);
    }

    [Fact]
    public async Task TriesSlowDownAndEndWithPatience()
    {
        _script.Fail(Enumerable.Repeat(new TimeoutException(), 1000));
        var start = _time.GetTimestamp();
        var echo = EchoAsync(1, "a");
        var delays = new List<double>();
        while (_time.GetElapsedTime(start) < Patience)
        {
            var delay = await _time.NextTimerAsync();
            delays.Add(delay.TotalMilliseconds);
            _time.Advance(delay);
        }

        await Assert.ThrowsAsync<BackendUnavailableException>(() => echo.WithinAsync("the end of patience"));
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], delays.Take(7));
        Assert.Equal(1000, delays.Max());
        Assert.Equal(delays.Count + 1, _script.Calls.Count);
        Assert.Equal(delays.Count, _repeats.GetMeasurementSnapshot().Sum(m => m.Value));
    }

    [Fact]
    public async Task ARepeatedCallWithoutAnAnswerEndsWithPatience()
    {
        _script.Fail(new TimeoutException());
        _script.Hang();
        var echo = EchoAsync(1, "a");
        _time.Advance(await _time.NextTimerAsync()); // before the second try
        _time.Advance(await _time.NextTimerAsync()); // what is left of the patience

        await Assert.ThrowsAsync<BackendUnavailableException>(() => echo.WithinAsync("the end of patience"));
        Assert.Equal(["echo 1", "echo 1"], _script.Calls);
    }

    [Fact]
    public async Task ARepeatedCallWithoutAnAnswerIsGivenUpWithItsConnection()
    {
        using var abort = new CancellationTokenSource();
        _script.Fail(new TimeoutException());
        _script.Hang();
        var echo = _connection.EchoAsync(Set(1, "a"), abort.Token).AsTask();
        _time.Advance(await _time.NextTimerAsync());
        await _time.NextTimerAsync();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echo.WithinAsync("the call to be given up"));
    }

    [Fact]
    public async Task EachEchoHasPatienceOfItsOwn()
    {
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            _script.Fail(new TimeoutException());
            var echo = EchoAsync(sequence, "a");
            await _time.NextTimerAsync();
            _time.Advance(Patience); // the next failure would be too late
            await echo.WithinAsync("the second try");
        }
    }

    [Fact]
    public async Task AConnectionThatIsGivenUpStopsWaiting()
    {
        using var abort = new CancellationTokenSource();
        _script.Fail(new TimeoutException());
        var echo = _connection.EchoAsync(Set(1, "a"), abort.Token).AsTask();
        await _time.NextTimerAsync();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echo.WithinAsync("the wait to be called off"));
        Assert.Equal(["echo 1"], _script.Calls);
    }

    [Fact]
    public async Task OtherFaultsPassAtOnce()
    {
        _script.Fail(new InvalidOperationException("closed"), new InvalidOperationException("closed"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => EchoAsync(1, "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _connection.OpenAsync(Stop).AsTask());
        Assert.Equal(2, _script.Calls.Count);
    }

    [Fact]
    public async Task AnAnswerToAnotherSetIsAFault()
    {
        _script.Answer(Set(7, "a"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => EchoAsync(1, "a"));
    }

    [Fact]
    public async Task AFirstOpeningHasThePatienceOfOneCall()
    {
        _script.Fail(Enumerable.Repeat(new OrleansException("no silo"), 1000));
        var start = _time.GetTimestamp();
        var opening = _connection.OpenAsync(Stop).AsTask();
        while (_time.GetElapsedTime(start) < CallTimeout) _time.Advance(await _time.NextTimerAsync());

        var fault = await Assert.ThrowsAsync<BackendUnavailableException>(() => opening.WithinAsync("the end of patience"));
        Assert.IsType<OrleansException>(fault.InnerException);
        Assert.All(_script.Calls, call => Assert.Equal("open 1/0/0", call));
    }

    [Fact]
    public async Task AnOpeningThatFails_GoesToAnotherSilo_AndSoDoThoseAfterIt()
    {
        var second = AddSilo("second");
        second.Fail(new OrleansException("sick"));
        var opening = NewConnection().OpenAsync(Stop).AsTask(); // to the one with fewer connections
        _time.Advance(await _time.NextTimerAsync());
        await opening.WithinAsync("the first silo's answer");
        Assert.Equal(["open 1/0/0"], second.Calls);
        Assert.Equal([("first", 2), ("second", 0)], Places());

        await NewConnection().OpenAsync(Stop);
        Assert.Equal([("first", 3), ("second", 0)], Places());
        for (var i = 0; i < 10; i++) _links.Balance(); // seconds later it is tried again
        await NewConnection().OpenAsync(Stop);
        Assert.Equal([("first", 3), ("second", 1)], Places());
        Assert.Empty(_moves.GetMeasurementSnapshot()); // nobody was there already
    }

    [Fact]
    public async Task AnOpeningWithoutAnAnswer_LeavesHalfOfItsTimeToAnotherSilo()
    {
        var second = AddSilo("second");
        second.Hang();
        var opening = NewConnection().OpenAsync(Stop).AsTask();
        var start = _time.GetTimestamp();
        while (!opening.IsCompleted && _time.GetElapsedTime(start) < CallTimeout * 0.6) _time.Advance(await _time.NextTimerAsync());

        await opening.WithinAsync("the first silo's answer");
        Assert.Equal([("first", 2), ("second", 0)], Places());
    }

    [Fact]
    public async Task WhenAllSilosLeave_SetsDoNotGoFromOneToTheOther()
    {
        var second = AddSilo("second");
        foreach (var link in _links.All) link.Retire();
        await EchoAsync(1, "a");
        await EchoAsync(2, "b");
        Assert.Equal(["echo 1", "echo 2"], _script.Calls);
        Assert.Empty(second.Calls);
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task ACloseIsTriedOnceAndALostSiloIsNoFault(Exception fault)
    {
        _script.Fail(fault);
        await _connection.CloseAsync(CloseReason.PeerClosed);

        Assert.Equal(["close PeerClosed"], _script.Calls);
    }

    [Fact]
    public async Task ACloseDoesNotHideOurOwnFaults()
    {
        _script.Fail(new InvalidOperationException("odd"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _connection.CloseAsync(CloseReason.PeerClosed).AsTask());
    }

    private OrleansBackendConnection NewConnection() => new(ConnectionId.Create(ConnectionId.NewRun(), 1), Opening, _links, _retry);

    private ScriptedGrain AddSilo(string name)
    {
        var (link, script) = ScriptedSilo.Make(name);
        _links.Add(link);
        return script;
    }

    private void Lose(string name) => _links.Remove(_links.All.Single(l => l.Name == name), "gone");

    private IEnumerable<(string Silo, int Connections)> Places() => _links.All.Select(l => (l.Name, l.Connections));

    private Task<MessageSet> EchoAsync(long sequence, params string[] messages) => _connection.EchoAsync(Set(sequence, messages), Stop).AsTask();

    private static MessageSet Set(long sequence, params string[] messages) =>
        new(sequence, System.Text.Encoding.Latin1.GetBytes(string.Concat(messages)), messages.Length is 1 ? null : [.. messages.Select(m => m.Length)]);
}
