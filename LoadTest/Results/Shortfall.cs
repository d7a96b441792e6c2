using System.Globalization;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Results;

/// <summary>
/// What a run falls short of though no message was wrong: connections that failed, messages without an answer, messages that were not sent. It fails a run
/// that does not allow it.
/// </summary>
internal static class Shortfall
{
    /// <summary>What there is of it that the scenario does not allow, in a sentence and what to do; null for nothing.</summary>
    public static string? Of(LoadScenario scenario, LoadFigures total, GeneratorFigures generator)
    {
        // What the load tester's own machine had no room for makes a run invalid, and says nothing of the gateways.
        var isOwn = total.Errors.GetValueOrDefault(ErrorClass.Local) > 0;
        var failed = total.Errors.Where(e => e.Key is not ErrorClass.Local).Sum(e => e.Value);
        string[] parts =
        [
            .. failed > 0 && !scenario.AllowsErrors ? [Count(failed, "connection", "failed")] : (string[])[],
            .. total.Integrity.Unanswered > 0 && !scenario.AllowsUnanswered ? [Count(total.Integrity.Unanswered, "message", "had no answer")] : (string[])[],
            .. generator.Skipped > 0 && !scenario.AllowsUnsent && !isOwn ? [Count(generator.Skipped, "message", "could not be sent")] : (string[])[],
        ];
        if (parts.Length is 0) return null;
        return $"{string.Join(", ", parts)}. Where that may be, --allow-errors says so, or --fail-if with a limit, such as 'errors > 100'.";
    }

    private static string Count(long count, string what, string how) =>
        $"{count.ToString("#,0", CultureInfo.InvariantCulture)} {what}{(count is 1 ? "" : "s")} {how}";
}
