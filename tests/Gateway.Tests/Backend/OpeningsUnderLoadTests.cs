using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>
/// More connections come at once than the silo opens: they wait for their turn, and those that wait in vain are told that it is overload.
/// </summary>
public sealed class OpeningsUnderLoadTests : IAsyncDisposable
{
    private const int OpenedPerSecond = 200; // slow enough that the few connections of a test are too many

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly BackendConnectionRig _rig = new();
    private readonly Queue<TaskCompletionSource> _atSilo = new();
    private int _asked;

    public OpeningsUnderLoadTests() => _rig.First.Opens = () =>
    {
        var call = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_atSilo)
        {
            _asked++;
            _atSilo.Enqueue(call);
        }

        return call.Task;
    };

    private int AtSilo
    {
        get
        {
            lock (_atSilo) return _atSilo.Count;
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task ThoseThatTheSiloOpensInTimeAreOpenedAndNoneIsSentTwice()
    {
        var openings = await ComeAsync(count: 800, withinSeconds: 1); // the last is opened after four seconds, three after it has come

        Assert.All(openings, opening => Assert.True(opening.IsCompletedSuccessfully, $"{opening.Exception}"));
        Assert.Equal((openings.Count, 0), (_asked, _rig.Repeats.GetMeasurementSnapshot().Sum(m => m.Value)));
    }

    [Fact]
    public async Task TheOthersAreToldThatItIsOverload()
    {
        var openings = await ComeAsync(count: 1_600, withinSeconds: 0.1);

        var failed = openings.Where(opening => opening.IsFaulted).ToList();
        Assert.All(failed, opening => Assert.IsType<BackendOverloadedException>(opening.Exception!.InnerException));
        var patience = BackendConnectionRig.CallTimeout.TotalSeconds;
        var opened = openings.Count - failed.Count;
        Assert.InRange(opened, (patience - 1) * OpenedPerSecond, ((patience + 1) * OpenedPerSecond) + OpeningQueue.MaxAtATime);
        Assert.Equal(opened, _asked); // who was refused has not troubled the silo
    }

    [Fact]
    public async Task OnlySoManyWait()
    {
        var openings = Enumerable
            .Range(0, OpeningQueue.MaxAtATime + OpeningQueue.MaxWaiting)
            .Select(_ => _rig.NewConnection().OpenAsync(Stop).AsTask())
            .ToList();

        await Assert.ThrowsAsync<BackendOverloadedException>(() => _rig.NewConnection().OpenAsync(Stop).AsTask());
        Assert.All(openings, opening => Assert.False(opening.IsCompleted));
    }

    [Fact]
    public async Task ASiloThatIsThereAndTakesTooLongIsOverloadedAndNotUnavailable()
    {
        var opening = _rig.NewConnection().OpenAsync(Stop).AsTask();
        _rig.Time.Advance(BackendConnectionRig.CallTimeout);

        await Assert.ThrowsAsync<BackendOverloadedException>(() => opening.WithinAsync("the end of patience"));
        Assert.Equal(1, _asked); // there is no other: sending it again would only make it busier
    }

    [Fact]
    public async Task ThoseThatWaitGoToAnotherSilo_WhenTheirsIsLostOrOpensNobody()
    {
        var waiting = Enumerable.Range(0, OpeningQueue.MaxAtATime + 10).Select(_ => _rig.NewConnection().OpenAsync(Stop).AsTask()).ToList();
        Assert.Equal(OpeningQueue.MaxAtATime, _asked);
        _rig.AddSilo("second");

        _rig.Lose("first");

        await Task.WhenAll(waiting).WithinAsync("the second silo to open them");
        Assert.Equal([("second", waiting.Count)], _rig.Places());
    }

    [Fact]
    public async Task OneThatIsGivenUpLeavesTheQueue()
    {
        using var givenUp = new CancellationTokenSource();
        var first = Enumerable.Range(0, OpeningQueue.MaxAtATime).Select(_ => _rig.NewConnection().OpenAsync(Stop).AsTask()).ToList();
        var gone = _rig.NewConnection().OpenAsync(givenUp.Token).AsTask();
        var next = _rig.NewConnection().OpenAsync(Stop).AsTask();

        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WithinAsync("the one that was given up"));
        for (var i = 0; i < OpeningQueue.MaxAtATime; i++) TryTake()!.SetResult();
        await Task.WhenAll(first).WithinAsync("those before it");
        await Deadline.UntilAsync(() => Task.FromResult(AtSilo is 1), "the next one's turn");
        TryTake()!.SetResult();

        await next.WithinAsync("the next one");
        Assert.Equal([("first", OpeningQueue.MaxAtATime + 1)], _rig.Places());
    }

    /// <summary>So many connections come, evenly spread, and the silo opens them one after another.</summary>
    private async Task<List<Task>> ComeAsync(int count, double withinSeconds)
    {
        var openings = new List<Task>();
        var ended = 0;
        for (var step = 1; Volatile.Read(ref ended) < count; step++)
        {
            while (openings.Count < Math.Min(count, step * count * Step.TotalSeconds / withinSeconds)) openings.Add(OpenAsync());
            await SettleAsync().WithinAsync("those whose turn it is to reach the silo");
            for (var i = 0; i < OpenedPerSecond * Step.TotalSeconds && TryTake() is { } call; i++) call.SetResult();
            _rig.Time.Advance(Step);
        }

        return openings;

        async Task OpenAsync()
        {
            try
            {
                await _rig.NewConnection().OpenAsync(Stop);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }

        // The thread pool has done what it had to do: this silo must not idle because the machine is slow.
        async Task SettleAsync()
        {
            while (AtSilo < Math.Min(OpeningQueue.MaxAtATime, openings.Count - Volatile.Read(ref ended))) await Task.Yield();
        }
    }

    private TaskCompletionSource? TryTake()
    {
        lock (_atSilo) return _atSilo.TryDequeue(out var call) ? call : null;
    }
}
