using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The exit codes of the load tester: a pipeline acts on them.</summary>
internal static class ExitCodes
{
    /// <summary>It did what it was asked for; of a run: every message came back as it should, and no threshold was crossed.</summary>
    public const int Passed = 0;

    /// <summary>
    /// A threshold was crossed, or a message was lost, doubled, reordered, corrupted or foreign, or, where that is not allowed, unanswered or unsent, or a
    /// connection failed; of a comparison: a figure is worse.
    /// </summary>
    public const int Failed = 1;

    /// <summary>The command line or the scenario is wrong; every fault was listed.</summary>
    public const int WrongUsage = 2;

    /// <summary>It could not run: no target answers, or a result cannot be written.</summary>
    public const int CannotRun = 3;

    /// <summary>The load tester was the bottleneck: the figures say nothing about the gateways.</summary>
    public const int Invalid = 4;

    /// <summary>Interrupted: 128 + SIGINT, as shells report it. What was counted until then is kept after the first Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>What they mean, for a help text.</summary>
    public const string Meaning =
        "Exit codes: 0 passed; 1 a threshold was crossed, a message was not as it should be, a connection failed, or a compared figure is worse; "
        + "2 wrong usage; 3 could not run; "
        + "4 the load tester was the bottleneck; 130 interrupted (results until then are kept; a second Ctrl-C aborts).";

    /// <summary>The exit code of a run.</summary>
    public static int Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => Passed,
        Verdict.Failed => Failed,
        Verdict.Invalid => Invalid,
        Verdict.Interrupted => Interrupted,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };
}
