using System.Text.Json;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>A worker's part of one run: loads on its own, is told when to begin and when to end, and has a report for whoever asks.</summary>
internal sealed class WorkerRun : ILoadObserver, IDisposable
{
    // While it waits for its time: a word that it is another may come.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<(long Number, IntervalFigures Second)> _untaken = [];
    private WorkerPhase _phase = WorkerPhase.Preparing;
    private string _fault = "";
    private LoadProgress? _progress;
    private RunResult? _result;
    private long _number;
    private long _received;
    private (long At, TimeSpan RoundTrip)? _start;

    /// <summary>Begins to prepare.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="scenario">What all together do.</param>
    /// <param name="share">What of it is done here.</param>
    /// <param name="engine">Does it.</param>
    /// <param name="time">The clock.</param>
    public WorkerRun(string run, LoadScenario scenario, LoadShare share, IPartRunner engine, TimeProvider time)
    {
        (Run, _time) = (run, time);
        Ended = Task.Run(() => LoadAsync(engine, scenario, share));
    }

    private WorkerRun(string run, string fault, TimeProvider time) => (Run, _fault, _phase, _number, _time, Ended) = (run, fault, WorkerPhase.Failed, 1, time, Task.CompletedTask);

    /// <summary>The run's name.</summary>
    public string Run { get; }

    /// <summary>Over when it has loaded, or could not.</summary>
    public Task Ended { get; }

    /// <summary>Whether its last report has arrived.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>When it was to begin, as a timestamp, and how long the answer took that said so; null before it was said.</summary>
    public (long At, TimeSpan RoundTrip)? Start
    {
        get
        {
            lock (_gate) return _start;
        }
    }

    /// <summary>One that does not begin.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="fault">Why not.</param>
    /// <param name="time">The clock.</param>
    public static WorkerRun Refusing(string run, string fault, TimeProvider time) => new(run, fault, time);

    /// <summary>How it is, for the session.</summary>
    public WorkerSign Sign(WorkerSign self)
    {
        lock (_gate)
        {
            var report = _number > _received && _result is { } result ? result with { Intervals = [.. _untaken.Select(u => u.Second)] } : null;
            return self with
            {
                Run = Run,
                Phase = _phase,
                Fault = _fault,
                Progress = _progress is { } progress ? JsonSerializer.SerializeToUtf8Bytes(progress, WorkerJson.Default.LoadProgress) : [],
                ReportNumber = _number,
                Report = report is null ? [] : JsonSerializer.SerializeToUtf8Bytes(report, WorkerJson.Default.RunResult),
            };
        }
    }

    /// <summary>An answer of the session that is about this run.</summary>
    /// <param name="order">The answer.</param>
    /// <param name="asked">When it was asked, as a timestamp.</param>
    public void Hear(WorkerOrder order, long asked)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            _received = order.ReportReceived;
            _untaken.RemoveAll(u => u.Number <= order.ReportTaken);
            IsTaken = _phase is WorkerPhase.Done or WorkerPhase.Failed && order.ReportTaken >= _number;
            var roundTrip = _time.GetElapsedTime(asked, now);
            // On its way back the answer took half of that, more or less: the quickest one is the best.
            if (order.Order is SessionOrder.Start && (_start is not { } known || roundTrip < known.RoundTrip))
            {
                _start = (now + (long)((order.StartIn - (roundTrip / 2)).TotalSeconds * _time.TimestampFrequency), roundTrip);
            }
        }

        if (order.Order is SessionOrder.Stop) End();
    }

    /// <summary>Ends it before its time.</summary>
    public void End() => _end.Cancel();

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        lock (_gate) _progress = progress;
    }

    /// <inheritdoc/>
    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
    }

    public void Dispose() => _end.Dispose();

    private async Task LoadAsync(IPartRunner engine, LoadScenario scenario, LoadShare share)
    {
        try
        {
            var result = await engine.RunAsync(scenario, new LoadPart { Share = share, ReadyAsync = WaitForStartAsync, SecondOver = Report }, this, _end.Token);
            lock (_gate) (_result, _number, _phase) = (result, _number + 1, WorkerPhase.Done);
        }
        catch (CannotRunException fault)
        {
            Fail(fault.Message);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            Fail("It was ended before it had begun.");
        }
        catch (Exception fault)
        {
            // It must be told there, where somebody looks: this process only waits for the next run.
            Fail($"A fault of the load tester: {fault.GetType().Name}: {fault.Message}");
        }

        void Fail(string why)
        {
            lock (_gate) (_fault, _number, _phase) = (why, _number + 1, WorkerPhase.Failed);
        }
    }

    private void Report(RunResult soFar)
    {
        lock (_gate)
        {
            (_result, _number) = (soFar, _number + 1);
            _untaken.Add((_number, soFar.Intervals[0]));
        }
    }

    private async Task WaitForStartAsync(CancellationToken interrupt)
    {
        lock (_gate) _phase = WorkerPhase.Ready;
        TimeSpan left;
        while ((left = Left()) > Glance) await Task.Delay(left < Glance * 2 ? left - Glance : Glance, _time, interrupt);
        using (var wait = new PreciseWait())
        {
            while ((left = Left()) > TimeSpan.Zero) wait.Wait((long)(left.TotalMilliseconds * 1_000_000));
        }

        lock (_gate) _phase = WorkerPhase.Loading;
    }

    private TimeSpan Left() => Start is { At: var at } ? TimeSpan.FromSeconds((at - _time.GetTimestamp()) / (double)_time.TimestampFrequency) : TimeSpan.MaxValue;
}
