using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>A connection on a silo with a lane that others use: its sets travel with theirs.</summary>
public sealed class OrleansBackendConnectionLanesTests : IAsyncLifetime
{
    private readonly BackendConnectionRig _rig = new();
    private readonly ScriptedLane _lane;

    public OrleansBackendConnectionLanesTests() => _lane = _rig.OpenLane();

    public ValueTask InitializeAsync() => _rig.OpenAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task OnAnIdleLineASetGoesToItsGrain()
    {
        Assert.Equal("a", (await _rig.EchoAsync(1, "a")).Text());
        Assert.Equal(["echo 1"], _rig.First.Calls);
        Assert.Empty(_lane.Open);
    }

    [Fact]
    public async Task OnABusyLineItGoesWithOthers()
    {
        using var busy = _rig.Busy();
        var echo = _rig.EchoAsync(1, "ab", "c");
        (await _lane.CallsAsync(1))[0].Answer();
        Assert.Equal("ab|c", (await echo.WithinAsync("the answer")).Text());
        Assert.Empty(_rig.First.Calls);

        // What it amounts to is remembered as ever.
        _rig.First.Forget();
        busy.Dispose();
        await _rig.EchoAsync(2, "d").WithinAsync("the next answer");
        Assert.Equal(["echo 2", "open 2/2/3", "echo 2"], _rig.First.Calls);
    }

    [Fact]
    public async Task AGrainThatIsNotOpenIsOpened()
    {
        using var busy = _rig.Busy();
        var echo = _rig.EchoAsync(1, "a");
        (await _lane.CallsAsync(1))[0].Answer(one => one with { Set = null, Outcome = SetOutcome.NotOpen });
        Assert.Equal("a", (await echo.WithinAsync("the answer")).Text());
        Assert.Equal(["open 1/0/0", "echo 1"], _rig.First.Calls);
    }

    [Fact]
    public async Task ALateAnswerIsCollected_AndTheNextSetsGoAlone()
    {
        using var busy = _rig.Busy();
        _lane.Collected = (_, sequence) => Task.FromResult<MessageSet?>(BackendConnectionRig.Set(sequence, "late"));
        var echo = _rig.EchoAsync(1, "late");
        (await _lane.CallsAsync(1))[0].Answer(one => one with { Set = null, Outcome = SetOutcome.Late });
        Assert.Equal("late", (await echo.WithinAsync("the late answer")).Text());

        for (var sequence = 2; sequence <= 65; sequence++) await _rig.EchoAsync(sequence, "a").WithinAsync("an answer");
        Assert.Equal(64, _rig.First.Calls.Count);
        var next = _rig.EchoAsync(66, "a");
        (await _lane.CallsAsync(1))[0].Answer();
        await next.WithinAsync("the answer with others");
    }

    [Fact]
    public async Task ALateAnswerThatIsAnExceptionIsTheConnectionsFault()
    {
        using var busy = _rig.Busy();
        _lane.Collected = (_, _) => Task.FromException<MessageSet?>(new InvalidOperationException("closed"));
        var echo = _rig.EchoAsync(1, "a");
        (await _lane.CallsAsync(1))[0].Answer(one => one with { Set = null, Outcome = SetOutcome.Late });
        await Assert.ThrowsAsync<InvalidOperationException>(() => echo.WithinAsync("the fault"));
    }

    [Fact]
    public async Task ALateAnswerThatDoesNotCome_IsWaitedForAsLongAsACall()
    {
        using var busy = _rig.Busy();
        _lane.Collected = (_, _) => new TaskCompletionSource<MessageSet?>().Task;
        var echo = _rig.EchoAsync(1, "a");
        (await _lane.CallsAsync(1))[0].Answer(one => one with { Set = null, Outcome = SetOutcome.Late });
        Assert.Equal(BackendConnectionRig.CallTimeout, await _rig.Time.NextTimerAsync());
        _rig.Time.Advance(BackendConnectionRig.CallTimeout);
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());
        Assert.Equal("a", (await echo.WithinAsync("the second try")).Text());
        Assert.Equal(["echo 1"], _rig.First.Calls);
    }

    [Fact]
    public async Task ACallThatFailsIsRepeated_ByEachOfItsConnectionsAlone()
    {
        using var busy = _rig.Busy();
        var echo = _rig.EchoAsync(1, "a");
        (await _lane.CallsAsync(1))[0].Fail(new OrleansException("no"));
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());
        Assert.Equal("a", (await echo.WithinAsync("the second try")).Text());
        Assert.Equal(["echo 1"], _rig.First.Calls);
        Assert.Single(_rig.Repeats.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ASetWithOthersOnASiloThatIsLost_GoesToAnotherSiloAtOnce()
    {
        var second = _rig.AddSilo("second");
        using var busy = _rig.Busy();
        var echo = _rig.EchoAsync(1, "a");
        await _lane.CallsAsync(1);
        _rig.Lose("first");
        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 1/0/0", "echo 1"], second.Calls);
    }
}
