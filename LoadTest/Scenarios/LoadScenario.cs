namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What a run does: how many connections, what they send and when, for how long. Complete and checked: nothing in it is left open.</summary>
public sealed record LoadScenario
{
    /// <summary>What the run is called in reports.</summary>
    public required string Name { get; init; }

    /// <summary>Where the connections go to, in turn.</summary>
    public required IReadOnlyList<LoadTarget> Targets { get; init; }

    /// <summary>The stages, one after another. The first stage begins with the value at its own end.</summary>
    public required IReadOnlyList<LoadStage> Stages { get; init; }

    /// <summary>What the connections do; each gets one of these, by weight.</summary>
    public required IReadOnlyList<LoadFlow> Flows { get; init; }

    /// <summary>How long to load before anything counts.</summary>
    public TimeSpan Warmup { get; init; } = ScenarioDefaults.Warmup;

    /// <summary>How long to wait for outstanding echoes at the end.</summary>
    public TimeSpan Drain { get; init; } = ScenarioDefaults.Drain;

    /// <summary>How long an echo may take before its connection is given up and counted as a time-out.</summary>
    public TimeSpan Timeout { get; init; } = ScenarioDefaults.Timeout;

    /// <summary>How many connections may be on their way to be opened at a time, 1 or more.</summary>
    public int ConnectWindow { get; init; } = ScenarioDefaults.ConnectWindow;

    /// <summary>Whether a connection that is lost or refused is opened again (after 10 ms, then slower).</summary>
    public bool Reconnects { get; init; } = true;

    /// <summary>Whether connections may fail; where not, one that does fails the run.</summary>
    public bool AllowsErrors { get; init; }

    /// <summary>Whether messages may be outstanding when their connection breaks; where not, one fails the run.</summary>
    public bool AllowsUnanswered { get; init; }

    /// <summary>Whether messages may be due and not be sent; where not, one fails the run.</summary>
    public bool AllowsUnsent { get; init; }

    /// <summary>The addresses of this machine that connections come from, in turn; none where the system chooses, or several of 127.0.0.0/8 where one is too few. Each has some 28,000 ports for a target.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What decides sizes: the same seed gives the same ones.</summary>
    public int Seed { get; init; } = ScenarioDefaults.Seed;

    /// <summary>The sum of the stages' durations.</summary>
    public TimeSpan Duration => new(Stages.Sum(s => s.Duration.Ticks));
}
