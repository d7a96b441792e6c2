using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class RefusalLogTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<RefusalLog> _logger = new();
    private readonly RefusalLog _log;

    public RefusalLogTests() => _log = new RefusalLog(_time, _logger);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void AFloodIsOneLineAndOneSum()
    {
        for (var i = 0; i < 1000; i++) _log.Refused(RejectReason.TooManyConnections, "line", $"10.0.0.1:{i}");
        Assert.Single(Lines());

        _time.Advance(Interval);

        Assert.Equal(2, Lines().Count);
        Assert.StartsWith("Refused a connection on listener line from 10.0.0.1:0: TooManyConnections, ", Lines()[0], StringComparison.Ordinal);
        Assert.Equal("Refused 999 more connections within 10 s: TooManyConnections.", Lines()[1]);
    }

    [Fact]
    public void EachReasonHasItsOwnLine()
    {
        _log.Refused(RejectReason.TooManyConnections, "line", "a");
        _log.Refused(RejectReason.Draining, "line", "a");

        Assert.Equal(2, Lines().Count);
    }

    [Fact]
    public void ASingleRefusalHasNoSumAndTheNextIsSaidAtOnce()
    {
        _log.Refused(RejectReason.Draining, "line", "a");
        _time.Advance(Interval);
        Assert.Single(Lines());

        _log.Refused(RejectReason.Draining, "line", "b");

        Assert.Equal(2, Lines().Count);
        Assert.Contains("from b", Lines()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsPendingIsSaidAtItsEnd_AndNothingAfterIt()
    {
        _log.Refused(RejectReason.Draining, "line", "a");
        _log.Refused(RejectReason.Draining, "line", "b");
        _log.Dispose();
        Assert.Equal(2, Lines().Count);
        _time.Advance(Interval);

        Assert.Equal(2, Lines().Count);
    }

    private List<string> Lines()
    {
        Assert.All(_logger.Collector.GetSnapshot(), line => Assert.Equal(LogLevel.Warning, line.Level));
        return [.. _logger.Collector.GetSnapshot().Select(line => line.Message)];
    }
}
