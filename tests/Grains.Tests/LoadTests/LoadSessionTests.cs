using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.Grains.LoadTests;

namespace OrleansEcho.Grains.Tests.LoadTests;

public sealed class LoadSessionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LoadSessionMemory _memory = new();
    private readonly LoadSession _session;

    public LoadSessionTests() => _session = new LoadSession(_time, _memory);

    [Fact]
    public void ThePlanGoesToThoseWhoTakePart_Once()
    {
        Assert.Equal(SessionOrder.Wait, Work("x").Order);
        Conduct(SessionOrder.Prepare, ["b", "a"]);
        var order = Work("a");
        Assert.Equal(("r", SessionOrder.Prepare, 1, 2), (order.Run, order.Order, order.Index, order.Count));
        Assert.Equal([7], order.Plan);
        Assert.Empty(Work("a", "r").Plan);
        Assert.Equal(("", SessionOrder.Wait), (Work("x").Run, Work("x").Order));
    }

    [Fact]
    public void AllHearTheSameTime_WhenThatIsHowTheyAsk()
    {
        _session.Conduct(Sign(SessionOrder.Start, ["a", "b"]) with { StartIn = TimeSpan.FromSeconds(1) });
        _time.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Equal(TimeSpan.FromSeconds(0.7), Work("a", "r").StartIn);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(TimeSpan.FromSeconds(-0.2), Work("b", "r").StartIn);
    }

    [Fact]
    public void TheNewestReportIsKeptUntilItIsTaken_WhateverOvertakesIt()
    {
        Conduct(SessionOrder.Start, ["a"]);
        Work("a", "r", report: 2);
        Assert.Equal(2, Work("a", "r", report: 1).ReportReceived); // on its way for longer than the one after it
        Assert.Equal(2, Work("a", "r").ReportReceived); // which has none, as it is here
        Assert.Equal([2], Assert.Single(Conduct(SessionOrder.Start, ["a"]).Workers).Sign.Report);
        Assert.Empty(Assert.Single(Conduct(SessionOrder.Start, ["a"], 2).Workers).Sign.Report);
        Assert.Equal((2, 2), (Work("a", "r").ReportReceived, Work("a", "r").ReportTaken));
    }

    [Fact]
    public void AnEmptySessionAsksForWhatWasLost()
    {
        var other = new LoadSession(_time, _memory);
        other.Conduct(Sign(SessionOrder.Start, ["a"]));
        Assert.Equal(0, other.Work(WorkerSign("a", "r") with { ReportNumber = 5 }).ReportReceived);
    }

    [Fact]
    public void AReportOfAnotherRunIsNotMixedIn()
    {
        Conduct(SessionOrder.Start, ["a"]);
        Work("a", "r", report: 9);
        Assert.Equal(1, Work("a", "next", report: 1).ReportTaken + Assert.Single(Conduct(SessionOrder.Start, ["a"]).Workers).Sign.ReportNumber);
    }

    [Fact]
    public void TheFirstConductorHasTheSession_UntilItIsOverOrSilent()
    {
        Conduct(SessionOrder.Prepare, ["a"]);
        var late = new ConductorSign { Run = "late" };
        Assert.Equal("r", _session.Conduct(late).Run);
        _session.Conduct(Sign(SessionOrder.Stop, ["a"]) with { IsOver = true });
        Assert.Equal("late", _session.Conduct(late).Run);
        Assert.Equal("late", Conduct(SessionOrder.Wait, []).Run);
        _time.Advance(LoadSession.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal("r", Conduct(SessionOrder.Wait, []).Run);
    }

    [Fact]
    public void WhoIsSilentForLongIsForgotten_AndNoMoreComeThanFit()
    {
        for (var i = 0; i < LoadSession.MostWorkers; i++) Work($"{i}");
        Assert.Throws<ArgumentException>(() => Work("one more"));
        _time.Advance(LoadSession.Patience + TimeSpan.FromSeconds(1));
        Work("one more");
        Assert.Single(Conduct(SessionOrder.Wait, []).Workers);
        Assert.Throws<ArgumentException>(() => _session.Work(WorkerSign("a", "") with { Report = new byte[LoadSession.MostBytes + 1] }));
    }

    [Fact]
    public void AllSessionsOfASiloTogetherHoldABoundedAmount_AndWhatDidNotFitComesAgain()
    {
        var sessions = Enumerable.Range(0, 40).Select(_ => new LoadSession(_time, _memory)).ToList();
        foreach (var session in sessions)
        {
            session.Conduct(Sign(SessionOrder.Start, ["a"]));
            session.Work(Big());
        }

        Assert.InRange(_memory.Held, LoadSessionMemory.MostBytes - (2 * LoadSession.MostBytes) - 100, LoadSessionMemory.MostBytes);
        Assert.Equal(0, sessions[^1].Work(Big()).ReportReceived); // it is to be sent again
        Assert.Equal(2, sessions[0].Work(Big()).ReportReceived);

        sessions[0].Conduct(Sign(SessionOrder.Start, ["a"]) with { Taken = [2] }); // what is taken makes room
        sessions[1].Clear();
        Assert.Equal(2, sessions[^1].Work(Big()).ReportReceived);

        sessions.ForEach(session => session.Clear());
        Assert.Equal(0, _memory.Held);

        static WorkerSign Big() => WorkerSign("a", "r") with { ReportNumber = 2, Report = new byte[LoadSession.MostBytes], Progress = new byte[LoadSession.MostBytes] };
    }

    [Fact]
    public void NothingOfASignHasNoBound()
    {
        var endless = new string('x', 1_000_000);
        _session.Work(WorkerSign("a", "r") with { Fault = endless });
        Assert.InRange(Assert.Single(Conduct(SessionOrder.Start, ["a"]).Workers).Sign.Fault.Length, 1, 1000);
        Assert.Throws<ArgumentException>(() => Conduct(SessionOrder.Start, ["a", endless]));
        Assert.Throws<ArgumentException>(() => Conduct(SessionOrder.Start, ["a"], new long[LoadSession.MostWorkers + 1]));
    }

    [Fact]
    public void WhoIsForgottenMakesRoom()
    {
        Conduct(SessionOrder.Start, ["a"]);
        Work("a", "r", report: 7);
        Assert.Equal(2, _memory.Held);
        _time.Advance(LoadSession.Patience + TimeSpan.FromSeconds(1));
        Work("b");
        Assert.Equal(0, _memory.Held);
    }

    private static WorkerSign WorkerSign(string worker, string run) => new() { Worker = worker, Name = worker, Run = run };

    private static ConductorSign Sign(SessionOrder order, string[] crew) => new() { Run = "r", Order = order, Plan = [7], Crew = crew };

    private SessionSign Conduct(SessionOrder order, string[] crew, params long[] taken) => _session.Conduct(Sign(order, crew) with { Taken = taken });

    private WorkerOrder Work(string worker, string run = "", byte report = 0) =>
        _session.Work(WorkerSign(worker, run) with { ReportNumber = report > 0 ? report : run.Length > 0 ? 2 : 0, Report = report > 0 ? [report] : [] });
}
