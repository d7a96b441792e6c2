using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Diagnostics;

public sealed class GatewayMetricsTests
{
    [Theory]
    [InlineData("echo.gateway.connections.rejected", "echo.reject.reason", typeof(RejectReason))]
    [InlineData("echo.gateway.connections.closed", "echo.close.reason", typeof(CloseReason))]
    public async Task EveryReasonOfEveryListenerIsThereAtZero(string instrument, string attribute, Type reasons)
    {
        await using var rig = new GatewayRig();
        using var series = rig.Collect(instrument);

        rig.Metrics.ForListener("first", "tcp", "line");
        rig.Metrics.ForListener("second", "unix", "raw");

        var seen = series.GetMeasurementSnapshot();
        Assert.All(seen, one => Assert.Equal(0, one.Value));
        Assert.Equal(
            from listener in (string[])["first", "second"] from reason in Enum.GetNames(reasons) select (listener, reason),
            seen.Select(one => ((string)one.Tags["echo.listener"]!, (string)one.Tags[attribute]!)));
    }

    [Fact]
    public async Task EveryOutcomeOfARequestToTheQuotaIsThereAtZero()
    {
        await using var rig = new GatewayRig();
        using var series = rig.Collect("echo.gateway.quota.requests");

        rig.Metrics.ObserveQuota(() => (0, 0));

        var seen = series.GetMeasurementSnapshot();
        Assert.All(seen, one => Assert.Equal(0, one.Value));
        Assert.Equal([.. Enum.GetNames<LeaseOutcome>(), "NoAnswer"], seen.Select(one => (string)one.Tags["echo.quota.outcome"]!));
    }

    [Fact]
    public async Task WhatTheBackendCountsIsThereAtZero()
    {
        await using var rig = new GatewayRig();
        using var repeats = rig.Collect("echo.gateway.backend.repeats");
        using var moves = rig.Collect("echo.gateway.backend.moves");

        rig.Metrics.ObserveSilos(() => 0);

        Assert.Equal([0, 0], repeats.GetMeasurementSnapshot().Concat(moves.GetMeasurementSnapshot()).Select(one => one.Value));
    }
}
