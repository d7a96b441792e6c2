using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Makes a load out of a scenario: opens connections, lets them send, watches them, and adds up.</summary>
internal sealed class LoadEngine(TimeProvider time) : ILoadRunner, IPartRunner
{
    // A ramp of connections is smooth at fifty steps a second, and asking all places costs nothing yet.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // A gateway that is slow to accept thousands gets this long before the load begins with those that there are.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);

    // How late the clock may be at the end, in nanoseconds: more is a machine that is too busy to tell anything.
    private const long LastMoments = 100_000_000;

    /// <inheritdoc/>
    public Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt) => RunAsync(scenario, new LoadPart(), observer, interrupt);

    /// <inheritdoc/>
    public async Task<RunResult> RunAsync(LoadScenario scenario, LoadPart part, ILoadObserver observer, CancellationToken interrupt)
    {
        // 1. Where to, and who does what.
        var connectors = await Task.WhenAll(scenario.Targets.Select(target => TargetConnector.FindAsync(target, scenario, interrupt)));
        var longest = scenario.Flows.Select(f => f.Sizes.Max).Concat(scenario.Stages.Select(s => s.Sizes?.Max ?? 0)).Max();
        var run = new RunContext(new MessageText(Random.Shared.Next(1 << 24), longest), time);
        await using var opener = new ConnectionOpener(scenario, run, time);
        var start = long.MaxValue;
        var plan = new LoadPlan(scenario, part.Share, connectors, run, () => Math.Max(0, run.Nanoseconds(Math.Min(start, run.Now), run.Now)), opener.Reopen);
        var monitor = new LoadMonitor(scenario, part, plan, run, observer, time);

        OpenFiles.Need(plan.Places.Count);

        // 2. The connections that there are from the beginning.
        opener.Start();
        Want(plan, opener, plan.Schedule.ConnectionsAt(0));
        await ConnectAsync(plan, opener, monitor, interrupt);
        if (plan.Places.All(p => !p.Connection.IsOpen) && monitor.Opened is 0 && !interrupt.IsCancellationRequested)
        {
            run.StopSending();
            if (opener.LastFault is { } fault) throw new CannotRunException($"No connection could be opened. {fault}. Is the gateway running, and is this its address?");
        }

        await UntilItMayBeginAsync(part, monitor, interrupt);

        // 3. The load.
        start = run.Now;
        monitor.Begin(start); // first: without a warm-up, the first echo counts
        var clock = plan.Clock.IsNeeded ? plan.Clock.RunAsync(start) : Task.CompletedTask;
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            while (!clock.IsFaulted && GoesOn(plan, run.Nanoseconds(start, run.Now)))
            {
                Want(plan, opener, plan.Schedule.ConnectionsAt(run.Nanoseconds(start, run.Now)));
                monitor.Look();
                await timer.WaitForNextTickAsync(interrupt);
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            // Somebody has seen enough: what there is is the result.
        }

        // 4. What is outstanding, and the last echo of those that were held.
        run.StopSending();
        var stopped = run.Nanoseconds(start, run.Now);
        monitor.EndMeasuring();
        await clock;
        plan.Clock.LeaveUntil(start, Math.Min(plan.Schedule.Duration, stopped - LastMoments));
        foreach (var place in plan.Places)
        {
            if (place.Connection.Behaviour.Kind is FlowKind.Hold) place.Connection.TryQueue(run.Now);
        }

        await DrainAsync(scenario, plan, monitor);
        await opener.DisposeAsync();
        foreach (var place in plan.Places) place.Connection.Close();
        return monitor.Result(interrupt.IsCancellationRequested);
    }

    // What is due at the very end is sent as well, by a clock that may be late.
    private static bool GoesOn(LoadPlan plan, long passed) =>
        passed < plan.Schedule.Duration || (plan.Clock.IsNeeded && !plan.Clock.HasSentAll && passed < plan.Schedule.Duration + LastMoments);

    // As many connections as there should be now: the first places have them.
    private static void Want(LoadPlan plan, ConnectionOpener opener, int count)
    {
        foreach (var place in plan.Places)
        {
            var isWanted = place.Number < count;
            if (!isWanted && place.Connection.IsOpen) place.Connection.Finish();
            if (place.IsWanted == isWanted) continue;

            place.IsWanted = isWanted;
            if (place.IsWanted && !place.Connection.IsOpen) opener.Open(place);
        }
    }

    private async Task ConnectAsync(LoadPlan plan, ConnectionOpener opener, LoadMonitor monitor, CancellationToken interrupt)
    {
        var since = time.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (opener.Pending > 0 && time.GetElapsedTime(since) < ConnectPatience)
            {
                monitor.Look();
                await timer.WaitForNextTickAsync(interrupt);
                if (plan.Schedule.ConnectionsAt(0) is 0) return;
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            // The rest sees to it.
        }
    }

    // Connections that end meanwhile are opened again, and who watches goes on to be told.
    private async Task UntilItMayBeginAsync(LoadPart part, LoadMonitor monitor, CancellationToken interrupt)
    {
        try
        {
            var ready = part.ReadyAsync(interrupt);
            if (ready.IsCompletedSuccessfully) return;
            using var timer = new PeriodicTimer(Tick, time);
            while (await Task.WhenAny(ready, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != ready) monitor.Look();
            await ready;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            // The rest sees to it.
        }
    }

    private async Task DrainAsync(LoadScenario scenario, LoadPlan plan, LoadMonitor monitor)
    {
        var since = time.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, time);
        while (time.GetElapsedTime(since) < scenario.Drain && plan.Places.Any(p => p.Connection.IsOwed))
        {
            monitor.Look();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
