using System.Net.Sockets;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>A connection and its grain: what is sent again, for how long, and what is a fault.</summary>
public sealed class OrleansBackendConnectionTests : IAsyncLifetime
{
    private readonly BackendConnectionRig _rig = new();

    public static TheoryData<Exception> Transient =>
        [new TimeoutException(), new OrleansException("no"), new SocketException(), new IOException(), new ObjectDisposedException("client")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _rig.OpenAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task AGrainThatHasVanishedIsOpenedWhereItsPeersEchoesEnd()
    {
        await _rig.Connection.OpenAsync(Stop);
        await _rig.EchoAsync(1, "abc", "de");
        await _rig.EchoAsync(2, "f");
        _rig.First.Forget();
        await _rig.EchoAsync(3, "gh");
        await _rig.EchoAsync(4, "i");

        Assert.Equal(["open 1/0/0", "echo 1", "echo 2", "echo 3", "open 3/3/6", "echo 3", "echo 4"], _rig.First.Calls);
        Assert.Empty(_rig.Repeats.GetMeasurementSnapshot()); // the usual end of an idle grain is no trouble
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task ASetWhoseOutcomeIsUnknownIsSentAgain(Exception fault)
    {
        _rig.First.Fail(fault);
        var echo = _rig.EchoAsync(1, "a");

        Assert.Equal(TimeSpan.FromMilliseconds(50), await _rig.Time.NextTimerAsync());
        Assert.Equal(["echo 1"], _rig.First.Calls);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal("a", (await echo.WithinAsync("the second try")).Text());
        Assert.Equal(["echo 1", "echo 1"], _rig.First.Calls);
        Assert.Single(_rig.Repeats.GetMeasurementSnapshot());
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task ASetThatItsHandlerFailedAtIsNotSentAgain(Exception cause)
    {
        _rig.First.Fail(new ConnectionHandlerException(1, cause));
        await Assert.ThrowsAsync<ConnectionHandlerException>(() => _rig.EchoAsync(1, "a").WithinAsync("the failure"));
        Assert.Equal(["echo 1"], _rig.First.Calls);
        Assert.Empty(_rig.Repeats.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task AnOpeningThatFailsOnTheWayIsTriedAgainWithItsSet()
    {
        await _rig.EchoAsync(1, "abc");
        _rig.First.Forget();
        _rig.First.Fail(new TimeoutException()); // of the opening
        var echo = _rig.EchoAsync(2, "d");
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());

        await echo.WithinAsync("the second try");
        Assert.Equal(["echo 1", "echo 2", "open 2/1/3", "open 2/1/3", "echo 2"], _rig.First.Calls);
    }

    [Fact]
    public async Task AGrainThatVanishesAgainAtOnceIsNotAskedInATightLoop()
    {
        _rig.First.Forget();
        _rig.First.Fail([null]); // the opening succeeds
        _rig.First.Forget();
        var echo = _rig.EchoAsync(1, "a");

        _rig.Time.Advance(await _rig.Time.NextTimerAsync());

        await echo.WithinAsync("the second try");
        Assert.Equal(["echo 1", "open 1/0/0", "echo 1", "open 1/0/0", "echo 1"], _rig.First.Calls);
    }

    [Fact]
    public async Task TriesSlowDownAndEndWithPatience()
    {
        _rig.First.Fail(Enumerable.Repeat(new TimeoutException(), 1000));
        var start = _rig.Time.GetTimestamp();
        var echo = _rig.EchoAsync(1, "a");
        var delays = new List<double>();
        while (_rig.Time.GetElapsedTime(start) < BackendConnectionRig.Patience)
        {
            var delay = await _rig.Time.NextTimerAsync();
            delays.Add(delay.TotalMilliseconds);
            _rig.Time.Advance(delay);
        }

        await Assert.ThrowsAsync<BackendUnavailableException>(() => echo.WithinAsync("the end of patience"));
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], delays.Take(7));
        Assert.Equal(1000, delays.Max());
        Assert.Equal(delays.Count + 1, _rig.First.Calls.Count);
        Assert.Equal(delays.Count, _rig.Repeats.GetMeasurementSnapshot().Sum(m => m.Value));
    }

    [Fact]
    public async Task ARepeatedCallWithoutAnAnswerEndsWithPatience()
    {
        _rig.First.Fail(new TimeoutException());
        _rig.First.Hang();
        var echo = _rig.EchoAsync(1, "a");
        _rig.Time.Advance(await _rig.Time.NextTimerAsync()); // before the second try
        _rig.Time.Advance(await _rig.Time.NextTimerAsync()); // what is left of the patience

        await Assert.ThrowsAsync<BackendUnavailableException>(() => echo.WithinAsync("the end of patience"));
        Assert.Equal(["echo 1", "echo 1"], _rig.First.Calls);
    }

    [Fact]
    public async Task ARepeatedCallWithoutAnAnswerIsGivenUpWithItsConnection()
    {
        using var abort = new CancellationTokenSource();
        _rig.First.Fail(new TimeoutException());
        _rig.First.Hang();
        var echo = _rig.Connection.EchoAsync(BackendConnectionRig.Set(1, "a"), abort.Token).AsTask();
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());
        await _rig.Time.NextTimerAsync();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echo.WithinAsync("the call to be given up"));
    }

    [Fact]
    public async Task EachEchoHasPatienceOfItsOwn()
    {
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            _rig.First.Fail(new TimeoutException());
            var echo = _rig.EchoAsync(sequence, "a");
            await _rig.Time.NextTimerAsync();
            _rig.Time.Advance(BackendConnectionRig.Patience); // the next failure would be too late
            await echo.WithinAsync("the second try");
        }
    }

    [Fact]
    public async Task AConnectionThatIsGivenUpStopsWaiting()
    {
        using var abort = new CancellationTokenSource();
        _rig.First.Fail(new TimeoutException());
        var echo = _rig.Connection.EchoAsync(BackendConnectionRig.Set(1, "a"), abort.Token).AsTask();
        await _rig.Time.NextTimerAsync();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echo.WithinAsync("the wait to be called off"));
        Assert.Equal(["echo 1"], _rig.First.Calls);
    }

    /// <remarks>A gateway that stood still finds both when it goes on: a call that has timed out, and a permit that is void.</remarks>
    [Theory]
    [MemberData(nameof(Transient))]
    public async Task AConnectionThatIsGivenUpAsItsCallFailsIsGivenUp(Exception fault)
    {
        using var abort = new CancellationTokenSource();
        _rig.First.Opens = () =>
        {
            abort.Cancel();
            return Task.FromException(fault);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.NewConnection().OpenAsync(abort.Token).AsTask());

        _rig.First.Forget(); // so that it is opened again
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EchoAsync());
        Assert.Empty(_rig.Repeats.GetMeasurementSnapshot()); // nobody waits for it any more

        async Task EchoAsync() => await _rig.Connection.EchoAsync(BackendConnectionRig.Set(1, "a"), abort.Token);
    }

    [Fact]
    public async Task OtherFaultsPassAtOnce()
    {
        _rig.First.Fail(new InvalidOperationException("closed"), new InvalidOperationException("closed"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.EchoAsync(1, "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.Connection.OpenAsync(Stop).AsTask());
        Assert.Equal(2, _rig.First.Calls.Count);
    }

    [Fact]
    public async Task AnAnswerToAnotherSetIsAFault()
    {
        _rig.First.Answer(BackendConnectionRig.Set(7, "a"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.EchoAsync(1, "a"));
    }

    [Fact]
    public async Task AFirstOpeningHasThePatienceOfOneCall()
    {
        _rig.First.Fail(Enumerable.Repeat(new OrleansException("no silo"), 1000));
        var start = _rig.Time.GetTimestamp();
        var opening = _rig.Connection.OpenAsync(Stop).AsTask();
        while (_rig.Time.GetElapsedTime(start) < BackendConnectionRig.CallTimeout) _rig.Time.Advance(await _rig.Time.NextTimerAsync());

        var fault = await Assert.ThrowsAsync<BackendUnavailableException>(() => opening.WithinAsync("the end of patience"));
        Assert.IsType<OrleansException>(fault.InnerException);
        Assert.All(_rig.First.Calls, call => Assert.Equal("open 1/0/0", call));
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task ACloseIsTriedOnceAndALostSiloIsNoFault(Exception fault)
    {
        _rig.First.Fail(fault);
        await _rig.Connection.CloseAsync(CloseReason.PeerClosed);

        Assert.Equal(["close PeerClosed"], _rig.First.Calls);
    }

    [Fact]
    public async Task ACloseDoesNotHideOurOwnFaults()
    {
        _rig.First.Fail(new InvalidOperationException("odd"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.Connection.CloseAsync(CloseReason.PeerClosed).AsTask());
    }
}
