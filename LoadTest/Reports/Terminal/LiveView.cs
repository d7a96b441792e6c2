using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using Spectre.Console;
using Spectre.Console.Rendering;
using static OrleansEcho.LoadTest.Reports.Terminal.TerminalText;

namespace OrleansEcho.LoadTest.Reports.Terminal;

/// <summary>A run as it goes, drawn anew some times a second at one place of the terminal. The load only leaves its figures here: a slow terminal does not hold it up.</summary>
/// <param name="scenario">What is to be done.</param>
/// <param name="console">Where to draw.</param>
/// <param name="time">When to.</param>
internal sealed class LiveView(LoadScenario scenario, IAnsiConsole console, TimeProvider time) : ILoadObserver
{
    // As often as an eye follows figures.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private const int WidestBar = 40;

    private const int SparkSeconds = 60;

    // More gateways than this would push the figures out of the window: those that do least are shown.
    private const int MostTargets = 12;

    private volatile LoadProgress? _progress;
    private volatile IReadOnlyList<double> _rates = [];

    /// <inheritdoc/>
    public void Progress(LoadProgress progress) => _progress = progress;

    /// <inheritdoc/>
    public void SecondOver(IntervalFigures interval, LoadFigures soFar) =>
        _rates = [.. _rates.TakeLast(SparkSeconds - 1), interval.Seconds > 0 ? interval.Messages / interval.Seconds : 0];

    /// <summary>Draws while something runs, and takes the drawing away when it is done.</summary>
    /// <param name="run">What runs, and is watched by this.</param>
    /// <param name="cancellation">Stops the drawing; what runs has to stop by itself.</param>
    /// <returns>What came of it.</returns>
    public Task<T> RunAsync<T>(Func<Task<T>> run, CancellationToken cancellation) =>
        console.Live(Draw()).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async context =>
        {
            var running = run();
            using var timer = new PeriodicTimer(Pace, time);
            try
            {
                while (!running.IsCompleted && await Next(timer, running, cancellation)) context.UpdateTarget(Draw());
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The run ends by itself, and says what came of it.
            }

            return await running;
        });

    /// <summary>What there is to see now.</summary>
    public IRenderable Draw()
    {
        if (_progress is not { } now) return Of($"{Clean(scenario.Name)}: begins …", Soft);
        if (now.Phase is LoadPhase.Gathering) return Of($"{Clean(scenario.Name)}: {now.Workers} of {Quantity.Of(now.WorkersWanted, "worker")} …", Soft);
        List<IRenderable> parts = [Head(now), Bars(now), Of(""), Figures(now)];
        if (now.MessagesPerSecondByTarget.Count > 1) parts.AddRange([Of(""), Targets(now)]);
        return new Rows(parts);
    }

    private static async Task<bool> Next(PeriodicTimer timer, Task running, CancellationToken cancellation)
    {
        var tick = timer.WaitForNextTickAsync(cancellation).AsTask();
        await Task.WhenAny(tick, running);
        return !running.IsCompleted && await tick;
    }

    private Paragraph Head(LoadProgress now) => new Paragraph()
        .Append(Clean(scenario.Name), Strong)
        .Append($"  {PlainView.Name(now.Phase)}", now.Phase is LoadPhase.Measuring ? Good : Soft)
        .Append(now.Left > TimeSpan.Zero ? $"  {PlainView.Left(now.Left)} left" : "", Soft);

    private Text Bars(LoadProgress now)
    {
        var all = now.Elapsed + now.Left;
        var width = Math.Clamp(console.Profile.Width - 4, 4, 76);
        var done = all > TimeSpan.Zero ? now.Elapsed / all : 0;
        var bar = Bar(done, width, console.IsUnicode());
        return new Text($"  {bar.TrimEnd().PadRight(width, console.IsUnicode() ? '░' : '.')}", new Style(Color.Blue));
    }

    private IRenderable Figures(LoadProgress now)
    {
        var rate = now.MessagesPerSecondByTarget.Sum();
        var isUnicode = console.IsUnicode();
        var room = Math.Max(0, console.Profile.Width - 36);
        var latency = now.LastSecond is { Count: > 0 } last
            ? $"p50 {Quantity.Time(last.P50)}  p99 {Quantity.Time(last.P99)}  max {Quantity.Time(last.Max)}"
            : "–";
        return Grid(
            rightAligned: false,
            [Of("messages/s", Soft), new Paragraph().Append(Quantity.Rate(rate), Strong).Append(now.IntendedRate is { } intended ? $" of {Quantity.Rate(intended)} intended" : "", Soft)],
            [Of("", Soft), Of(Spark([.. _rates.TakeLast(room)], isUnicode), new Style(Color.Blue))],
            [Of("latency", Soft), Of(latency)],
            [Of("connections", Soft), Of($"{Quantity.Count(now.ConnectionsOpen)} open")],
            [Of("errors", Soft), Of(Quantity.Count(now.Errors), now.Errors > 0 ? Bad : Plain)],
            [Of("wrong", Soft), Of(Quantity.Count(now.Faults), now.Faults > 0 ? Bad : Plain)]);
    }

    private IRenderable Targets(LoadProgress now)
    {
        var most = Math.Max(1, now.MessagesPerSecondByTarget.Max());
        var all = scenario.Targets.Zip(now.MessagesPerSecondByTarget).ToArray();
        var shown = all.Length <= MostTargets ? all : [.. all.OrderBy(t => t.Second).Take(MostTargets)];
        var longest = shown.Max(t => t.First.Name.Length);
        var width = Math.Clamp(console.Profile.Width - longest - 22, 3, WidestBar);
        return Grid(
            rightAligned: false,
            [
                .. shown.Select(t => (IReadOnlyList<IRenderable>)
                [
                    Of(t.First.Name), Of(Bar(t.Second / most, width, console.IsUnicode()), new Style(Color.Blue)), Of($"{Quantity.Rate(t.Second)}/s"),
                ]),
                .. all.Length <= MostTargets ? [] : (IReadOnlyList<IRenderable>[])[[Of($"… and {all.Length - MostTargets} that do more", Soft), Of(""), Of("")]],
            ]);
    }
}
