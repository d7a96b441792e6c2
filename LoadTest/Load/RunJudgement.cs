using System.Globalization;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Says what a run's figures are worth.</summary>
internal static class RunJudgement
{
    // Send lag is part of the latency that is reported. Less than a millisecond is what a busy system takes to wake a thread.
    private const double LagThatMatters = 1000;
    private const double ShareOfLatency = 0.25;

    // Its own threads have nothing left: more load would be no more messages.
    private const double BusyShare = 0.9;

    /// <summary>The verdict, before thresholds, and what a reader should know.</summary>
    public static (Verdict Verdict, IReadOnlyList<string> Remarks) Of(LoadScenario scenario, LoadFigures total, GeneratorFigures generator, bool isInterrupted)
    {
        var remarks = new List<string>();
        var verdict = isInterrupted ? Verdict.Interrupted : Verdict.Passed;
        if (generator.SendLag.P99 > LagThatMatters && generator.SendLag.P99 > ShareOfLatency * total.Latency.P99)
            Invalid($"Messages were sent late: by {Text(generator.SendLag.P99 / 1000)} ms for one in a hundred, of {Text(total.Latency.P99 / 1000)} ms of latency. Give the load tester a processor of its own, or lower the rate.");
        if (generator.CpuShare > BusyShare)
            Invalid($"The load tester used {generator.CpuShare * 100:0} % of the machine's processors: the figures show its limit. Load from another machine, or from several.");
        if (total.Errors.GetValueOrDefault(ErrorClass.Local) is > 0 and var own)
            Invalid($"{own} connections were not opened, because the load tester's machine had no port or file left for them. Give more addresses with --source, raise its limit of open files (ulimit -n), or load from several machines.");
        if (generator.Untried > 0) Invalid($"{generator.Untried} messages were due, and the load tester was too late to send them. Give it a processor of its own, or lower the rate.");
        if (isInterrupted) remarks.Add("It was stopped before its end: the figures are of a part of the scenario.");
        if (total.Integrity.Unanswered + generator.Skipped + generator.Untried > 0) remarks.Add("Messages that never came back count in the latency with the age that they had at the end of the run.");
        if (Shortfall.Of(scenario, total, generator) is { } shortfall) Failed(shortfall);
        if (total.Integrity.Faults > 0) Failed($"{total.Integrity.Faults} messages did not come back as they were sent.");
        if (total.Echoes is 0 && !isInterrupted) Failed(total.ConnectTime.Count > 0 ? "No message came back, though connections were opened. Is the framing of the target its listener's: line, length-prefixed or raw?" : "No message came back.");
        return (verdict, remarks);

        void Invalid(string remark)
        {
            remarks.Add(remark);
            if (verdict is Verdict.Passed) verdict = Verdict.Invalid;
        }

        void Failed(string remark)
        {
            remarks.Insert(0, remark);
            verdict = Verdict.Failed;
        }

        static string Text(double milliseconds) => milliseconds.ToString("0.0", CultureInfo.InvariantCulture);
    }
}
