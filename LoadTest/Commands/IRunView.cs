using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>What a person at a terminal sees of a run.</summary>
internal interface IRunView : ILoadObserver, IAsyncDisposable
{
    /// <summary>The run is over, and judged. It is called once at most, after everything else.</summary>
    void Finished(RunResult result);
}

/// <summary>What opens views.</summary>
internal interface IRunViews
{
    /// <summary>Begins to show a run.</summary>
    /// <param name="scenario">What is run.</param>
    /// <param name="kind">How much to show.</param>
    /// <param name="output">Where to.</param>
    IRunView Open(LoadScenario scenario, RunViewKind kind, TextWriter output);
}

/// <summary>How much of a run is shown.</summary>
internal enum RunViewKind
{
    /// <summary>Nothing.</summary>
    Quiet,

    /// <summary>Lines, and a summary at the end.</summary>
    Lines,

    /// <summary>What moves, where the terminal can do that; lines where it cannot.</summary>
    Live,
}
