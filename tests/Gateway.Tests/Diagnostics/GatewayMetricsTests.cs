using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansEcho.Gateway.Diagnostics;
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

        rig.Metrics.ObserveQuota(() => default);

        var seen = series.GetMeasurementSnapshot();
        Assert.All(seen, one => Assert.Equal(0, one.Value));
        Assert.Equal([.. Enum.GetNames<LeaseOutcome>(), "NoAnswer"], seen.Select(one => (string)one.Tags["echo.quota.outcome"]!));
    }

    [Fact]
    public async Task StatesAreToldAsTheyAreNow()
    {
        await using var rig = new GatewayRig();
        SiloFigures[] silos = [new("10.0.0.7:30000", 3, TimeSpan.FromMilliseconds(20)), new("in this process", 2, null)];
        TimeSpan? lease = TimeSpan.FromSeconds(7);
        var (isDraining, overdue) = (false, 0);
        rig.Metrics.ObserveSilos(() => silos);
        rig.Metrics.ObserveQuota(() => new(10, 4, lease));
        rig.Metrics.ObserveGateway(500, () => isDraining, () => overdue);

        Assert.Equal(["10.0.0.7:30000 3", "in this process 2"], Read<int>("echo.gateway.backend.connections", "echo.silo"));
        Assert.Equal(["10.0.0.7:30000 0.02"], Read<double>("echo.gateway.backend.heartbeat.time", "echo.silo"));
        Assert.Equal(["cluster 10"], Read<int>("echo.gateway.quota.held", "echo.quota.scope"));
        Assert.Equal(["cluster 4"], Read<int>("echo.gateway.quota.open", "echo.quota.scope"));
        Assert.Equal(["cluster 7"], Read<double>("echo.gateway.quota.lease.remaining", "echo.quota.scope"));
        Assert.Equal([" 500"], Read<int>("echo.gateway.connections.limit", ""));
        Assert.Equal([" 0"], Read<int>("echo.gateway.draining", ""));

        Assert.Equal([" 0"], Read<int>("echo.gateway.connections.overdue", ""));

        (silos, lease, isDraining, overdue) = ([], null, true, 7);
        Assert.Equal([" 7"], Read<int>("echo.gateway.connections.overdue", ""));
        Assert.Empty(Read<int>("echo.gateway.backend.connections", "echo.silo"));
        Assert.Empty(Read<double>("echo.gateway.quota.lease.remaining", "echo.quota.scope"));
        Assert.Equal([" 1"], Read<int>("echo.gateway.draining", ""));

        List<string> Read<T>(string instrument, string attribute)
            where T : struct
        {
            using var series = new MetricCollector<T>(rig.Meters, GatewayMetrics.MeterName, instrument);
            series.RecordObservableInstruments();
            return [.. series.GetMeasurementSnapshot().Select(one => FormattableString.Invariant($"{one.Tags.GetValueOrDefault(attribute)} {one.Value}"))];
        }
    }

    [Fact]
    public async Task WhatTheBackendCountsIsThereAtZero()
    {
        await using var rig = new GatewayRig();
        using var repeats = rig.Collect("echo.gateway.backend.repeats");
        using var moves = rig.Collect("echo.gateway.backend.moves");

        rig.Metrics.ObserveSilos(() => []);

        Assert.Equal([0, 0], repeats.GetMeasurementSnapshot().Concat(moves.GetMeasurementSnapshot()).Select(one => one.Value));
    }
}
