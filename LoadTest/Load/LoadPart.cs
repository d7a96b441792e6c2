using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load;

/// <summary>How a run is part of something larger.</summary>
internal sealed record LoadPart
{
    /// <summary>What it does of the scenario.</summary>
    public LoadShare Share { get; init; } = LoadShare.Whole;

    /// <summary>Is called when the first connections are open; loading begins when it is over.</summary>
    public Func<CancellationToken, Task> ReadyAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Gets, after each second that counts, all that is known until then; of the seconds the last one only, with its histogram.</summary>
    public Action<RunResult>? SecondOver { get; init; }
}
