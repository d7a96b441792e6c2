using OrleansEcho.LoadTest.Reports.Terminal;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using Spectre.Console;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Shows runs at a terminal, or in lines where there is none.</summary>
internal sealed class RunViews(TimeProvider time) : IRunViews
{
    /// <inheritdoc/>
    public IRunView Open(LoadScenario scenario, RunViewKind kind, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return kind switch
        {
            RunViewKind.Quiet => new View(new SilentObserver(), null),
            RunViewKind.Live when console.Profile.Capabilities.Interactive && !Console.IsOutputRedirected => LiveIn(console, new LiveView(scenario, console, time)),
            _ => new View(new PlainView(output), console),
        };
    }

    private static View LiveIn(IAnsiConsole console, LiveView live)
    {
        var over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new View(live, console, over, live.RunAsync(() => over.Task, CancellationToken.None));
    }

    private sealed class View(ILoadObserver inner, IAnsiConsole? console, TaskCompletionSource<bool>? over = null, Task? drawing = null) : IRunView
    {
        private RunResult? _result;

        public void Progress(LoadProgress progress) => inner.Progress(progress);

        public void SecondOver(IntervalFigures interval, LoadFigures soFar) => inner.SecondOver(interval, soFar);

        public void Finished(RunResult result) => _result = result;

        // The drawing is taken away before the summary takes its place.
        public async ValueTask DisposeAsync()
        {
            over?.TrySetResult(true);
            if (drawing is not null) await drawing;
            if (_result is not null && console is not null) SummaryView.Write(_result, console);
        }
    }
}
