namespace OrleansEcho.LoadTest.Results;

/// <summary>What the load tester itself was capable of, while it counted.</summary>
/// <param name="SendLag">How much later than intended messages were sent (open loop, bursts): part of their latency, but not the gateways' doing.</param>
/// <param name="CpuSeconds">Its processor time, user and system.</param>
/// <param name="CpuShare">Its share of the machine's processors, from 0 to 1.</param>
/// <param name="Skipped">Messages that were due and were not sent: no connection was open. Warm-up included.</param>
/// <param name="PeakMemory">The most memory that it held, in bytes.</param>
/// <param name="Workers">How many processes loaded.</param>
/// <param name="Untried">Messages that were due and that the load tester was too late for. Warm-up included.</param>
public sealed record GeneratorFigures(
    LatencyFigures SendLag, double CpuSeconds, double CpuShare, long Skipped, long PeakMemory, int Workers = 1, long Untried = 0);
