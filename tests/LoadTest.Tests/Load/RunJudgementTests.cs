using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>When the load tester's own lateness is too great a part of what it reports.</summary>
public sealed class RunJudgementTests
{
    [Theory]
    [InlineData(FlowKind.Open, 150, 20, 400, Verdict.Passed, null)] // below what waking a thread takes
    [InlineData(FlowKind.Open, 900, 20, 1000, Verdict.Invalid, "Messages were sent late: by 0.9 ms for one in a hundred, of 1.0 ms of latency")] // below a millisecond, too
    [InlineData(FlowKind.Open, 900, 20, 5000, Verdict.Passed, null)] // a small part of it
    [InlineData(FlowKind.Open, 900, 300, 5000, Verdict.Invalid, "Messages were sent late: by 0.3 ms for half of them, of 0.4 ms of latency")] // not the p99's, but the median's
    [InlineData(FlowKind.Burst, 900, 20, 1000, Verdict.Invalid, "Messages were sent late: by 0.9 ms for one in a hundred")]
    [InlineData(FlowKind.Closed, 900, 20, 1000, Verdict.Passed, "The load tester waited for a processor itself, 0.9 ms at its p99: a part of the latency, 1.0 ms there, is its own")]
    [InlineData(FlowKind.Closed, 150, 20, 1000, Verdict.Passed, null)]
    public void OwnLatenessIsSaid_AtEachPercentile(FlowKind kind, double lagP99, double lagP50, double latencyP99, Verdict verdict, string? remark)
    {
        var run = SampleRuns.Nothing();
        var scenario = run.Scenario with { Flows = [run.Scenario.Flows[0] with { Kind = kind }] };
        var none = run.Total.Latency with { Count = 100_000 };
        var total = run.Total with { Echoes = 100_000, Errors = new Dictionary<ErrorClass, long>(), Latency = none with { P50 = 400, P90 = 400, P99 = latencyP99, P999 = 1_000_000 } };
        var lag = none with { P50 = lagP50, P90 = lagP50, P99 = lagP99, P999 = lagP99 };
        var (found, remarks) = RunJudgement.Of(scenario, total, new GeneratorFigures(lag, 1, 0.1, 0, 0), isInterrupted: false);
        Assert.Equal(verdict, found);
        if (remark is null) Assert.Empty(remarks);
        else Assert.StartsWith(remark, Assert.Single(remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatItWasTooLateFor_MakesARunInvalid_AndNotTheGatewaysFail()
    {
        var run = SampleRuns.Nothing();
        var total = run.Total with { Echoes = 1, Errors = new Dictionary<ErrorClass, long>() };
        var (found, remarks) = RunJudgement.Of(run.Scenario, total, run.Generator with { Untried = 7 }, isInterrupted: false);
        Assert.Equal(Verdict.Invalid, found);
        Assert.StartsWith("7 messages were due, and the load tester was too late to send them.", remarks[0], StringComparison.Ordinal);
    }
}
