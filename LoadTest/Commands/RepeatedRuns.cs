using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>
/// Makes the runs of a comparison: in pairs, so that both see the same hour of the machine, and each pair the other way round (A B, B A, A
/// B …), so that neither always comes second.
/// </summary>
internal sealed class RepeatedRuns(ILoadRunner runner, KeptRuns kept, LoadConsole console)
{
    private bool _isLost;

    /// <summary>Makes them, one after another, and says a line of each.</summary>
    /// <returns>
    /// <see cref="ExitCodes.Passed"/> when all were made and kept; otherwise why not. The runs that were
    /// made are those of the sides in any case.
    /// </returns>
    public async Task<int> RunAsync(ComparedSide a, ComparedSide b, int pairs)
    {
        for (var number = 1; number <= pairs; number++)
        {
            ComparedSide[] pair = number % 2 is 1 ? [a, b] : [b, a];
            foreach (var side in pair)
            {
                if (await RunOneAsync(side, number, $"{side.Name} {number} of {pairs}") is var code && code is not ExitCodes.Passed)
                {
                    return code;
                }
            }
        }

        return _isLost ? ExitCodes.CannotRun : ExitCodes.Passed;
    }

    private async Task<int> RunOneAsync(ComparedSide side, int number, string place)
    {
        RunResult result;
        try
        {
            console.Interrupt.ThrowIfCancellationRequested();
            result = await runner.RunAsync(side.Scenario, new SilentObserver(), console.Interrupt);
            console.Interrupt.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (console.Interrupt.IsCancellationRequested)
        {
            console.Say($"{place}: interrupted, and not counted.");
            return ExitCodes.Interrupted;
        }
        catch (CannotRunException fault)
        {
            return console.Fail(ExitCodes.CannotRun, $"{place}: {fault.Message}{kept.Where}");
        }

        if (TargetReachability.FaultOf(result) is { } nobody) return console.Fail(ExitCodes.CannotRun, $"{place}: {nobody}{kept.Where}");

        side.Runs.Add(result);
        console.Say($"{place}: {Line(result)}");
        await KeepAsync(side, number, result);
        return ExitCodes.Passed;
    }

    // A result that cannot be kept is in the comparison all the same: hours of runs are not thrown away for a full disk.
    private async Task KeepAsync(ComparedSide side, int number, RunResult result)
    {
        try
        {
            await kept.WriteAsync(side.Name, number, result);
        }
        catch (OutputFileException fault)
        {
            console.Fail(ExitCodes.CannotRun, $"--keep: {fault.Message}");
            _isLost = true;
        }
    }

    // Why a run is not to be believed is the first of its remarks.
    private static string Line(RunResult result)
    {
        var why = result.Verdict is not Verdict.Passed && result.Remarks is [var first, ..] ? $": {first}" : "";
        return $"{Quantity.Rate(result.Total.MessagesPerSecond)} messages/s, p99 {ReportText.Time(result.Total.Latency, l => l.P99)}, "
            + $"{result.Verdict.ToString().ToLowerInvariant()}{why}";
    }
}
