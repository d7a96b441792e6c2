namespace OrleansEcho.LoadTest.Results;

/// <summary>Whether anybody was there.</summary>
internal static class TargetReachability
{
    /// <summary>What to say when no target could be reached; null where one was. Targets that refuse everybody have answered.</summary>
    public static string? FaultOf(RunResult result) =>
        result is
        {
            Verdict: not Verdict.Interrupted,
            Total: { Messages: 0, ConnectionsOpened: 0, ConnectionsOpen: 0, ConnectTime.Count: 0 } total,
        }
        && total.Errors.Keys.Any(e => e is ErrorClass.Connect) && total.Errors.Keys.All(e => e is ErrorClass.Connect or ErrorClass.Timeout)
            ? $"No target could be reached ({string.Join(", ", result.Scenario.Targets.Select(t => t.Name))}); is a gateway "
                + "listening there?"
            : null;
}
