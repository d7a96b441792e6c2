using System.Text.Json;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.LoadTest.Load;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>Waits for runs, and does its part of them.</summary>
/// <param name="session">Where conductors are met.</param>
/// <param name="name">What people call it: its machine and process.</param>
/// <param name="engine">Makes load.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Takes a line for a person about what happens.</param>
internal sealed class LoadWorker(ILoadSession session, string name, IPartRunner engine, TimeProvider time, Action<string> tell)
{
    /// <summary>How often it speaks: what follows a word follows within this.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>A load that nobody could end any more ends by itself after this long without a word about it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    private readonly WorkerSign _self = new() { Worker = $"{name} {Guid.NewGuid():N}", Name = name };
    private WorkerRun? _run;
    private string _lastRun = "";
    private long _heard;
    private bool _isCutOff;

    /// <summary>Works until it is stopped, or for one run.</summary>
    /// <param name="isOnce">Whether one run is enough.</param>
    /// <param name="stop">Ends what is going on, and then itself.</param>
    public async Task RunAsync(bool isOnce, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested || _run is not null)
            {
                if (stop.IsCancellationRequested) _run?.End();
                await SpeakAsync();
                if (_run is null && (isOnce && _lastRun.Length > 0)) return;
                await Task.Delay(Pace, time, CancellationToken.None);
            }
        }
        finally
        {
            _run?.End();
            if (_run is not null) await _run.Ended;
            _run?.Dispose();
        }
    }

    private async Task SpeakAsync()
    {
        var asked = time.GetTimestamp();
        var sign = _run?.Sign(_self) ?? _self;
        try
        {
            Hear(await session.WorkAsync(sign), asked);
            if (_isCutOff) tell("The session answers again.");
            _isCutOff = false;
        }
        catch (SessionUnreachableException fault)
        {
            if (!_isCutOff) tell($"{fault.Message} It is tried again.");
            _isCutOff = true;
        }

        if (_run is not null && time.GetElapsedTime(_heard) > Patience) await LeaveAsync($"Nobody conducts the run any more: nothing was heard of it for {Patience.TotalSeconds:0} s.");
    }

    private void Hear(WorkerOrder order, long asked)
    {
        if (_run is { } run && order.Run == run.Run)
        {
            _heard = time.GetTimestamp();
            run.Hear(order, asked);
            if (!run.IsTaken) return;
            tell(run.Sign(_self) is { Phase: WorkerPhase.Failed, Fault: var fault } ? $"The run has failed: {fault}" : "The run is over, and reported.");
            run.Dispose();
            _run = null;
        }
        else if (_run is null && order is { Order: SessionOrder.Prepare, Plan.Length: > 0 } && order.Run != _lastRun)
        {
            _heard = time.GetTimestamp();
            _lastRun = order.Run;
            Begin(order);
        }
    }

    private void Begin(WorkerOrder order)
    {
        WorkerPlan? plan = null;
        try
        {
            plan = JsonSerializer.Deserialize(order.Plan, WorkerJson.Default.WorkerPlan);
        }
        catch (JsonException)
        {
            // A plan of another form has other parts.
        }

        var fault = plan is { Schema: WorkerPlan.CurrentSchema } ? null : $"The conductor's version speaks another language than this worker's (form {WorkerPlan.CurrentSchema}); use the same load tester everywhere.";
        if (fault is null) tell($"'{plan!.Scenario.Name}' begins; this is worker {order.Index + 1} of {order.Count}.");
        _run = fault is null
            ? new WorkerRun(order.Run, plan!.Scenario, new LoadShare(order.Index, order.Count), engine, time)
            : WorkerRun.Refusing(order.Run, fault, time);
    }

    private async Task LeaveAsync(string why)
    {
        tell(why);
        _run!.End();
        await _run.Ended;
        _run.Dispose();
        _run = null;
    }
}
