using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Tests.Listening;

/// <summary>A process with 4,096 descriptors, of which the kernel always gives out the lowest that is free.</summary>
public sealed class AcceptBackoffTests : IDisposable
{
    private const int Limit = 4096;
    private const int Kept = 64;

    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly AcceptBackoff _backoff;
    private long? _limit = Limit;
    private (int Descriptor, bool IsSystem) _next;

    public AcceptBackoffTests()
    {
        using var loggers = new LoggerFactory([_log]);
        _backoff = new AcceptBackoff(new IPEndPoint(IPAddress.Loopback, 7000), new DescriptorReserve(10, Kept, () => _limit, () => _next), _time, loggers.CreateLogger<AcceptBackoff>());
    }

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(Limit - Kept - 1, Limit, false)]
    [InlineData(Limit - Kept, Limit, true)]
    [InlineData(100_000 - Kept - 1, 100_000, false)] // no more are kept of a large limit
    [InlineData(100_000 - Kept, 100_000, true)]
    [InlineData(991, 1024, false)] // and fewer of a small one
    [InlineData(992, 1024, true)]
    [InlineData(245, 256, false)] // but ten at least
    [InlineData(246, 256, true)]
    [InlineData(1_000_000, null, false)] // there is no limit
    public void AReserveIsTouched_ByAHighNumber(int descriptor, int? limit, bool isTouched)
    {
        _limit = limit;
        _backoff.Accepted(descriptor);
        _next = (descriptor, false);
        Assert.Equal(isTouched, _backoff.Next() is not null);
    }

    [Fact]
    public void ALimitThatIsLoweredMeanwhileCounts()
    {
        _backoff.Accepted(500);
        Assert.Null(_backoff.Next());
        _limit = 512;
        _next = (501, false);
        _backoff.Accepted(500);
        Assert.NotNull(_backoff.Next());
    }

    [Fact]
    public void WaitsGrow_AndAreShortAgain_WhenThereWasRoom()
    {
        RunOut();
        var pauses = Enumerable.Range(0, 7).Select(_ => _backoff.Next()!.Value.TotalMilliseconds).ToList();
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], pauses);
        HaveRoom();
        Assert.Null(_backoff.Next());
        _backoff.Accepted(10);
        RunOut();
        Assert.Equal(AcceptBackoff.Shortest, _backoff.Next());
    }

    [Fact]
    public void IsSaidOnceInTenSeconds_WithWhatToDo_AndThatItIsOver()
    {
        RunOut();
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(25);)
        {
            var pause = _backoff.Next()!.Value;
            _time.Advance(pause);
            waited += pause;
        }

        Assert.Equal(3, _log.Lines.Count);
        Assert.All(_log.Lines, l => Assert.Equal(LogLevel.Warning, l.Level));
        Assert.All(_log.Lines, l => Assert.Equal(
            "Nobody is accepted on 127.0.0.1:7000 for now: all but the reserve of the 4096 files that this process may have open are in use; "
            + "raise its limit (ulimit -n, LimitNOFILE=), or let it hold fewer connections. Who connects has to wait.",
            l.Message));
        HaveRoom();
        _backoff.Next();
        _backoff.Accepted(10);
        Assert.Equal((LogLevel.Information, "Connections are accepted on 127.0.0.1:7000 again."), (_log.Lines.Last().Level, _log.Lines.Last().Message));
    }

    [Theory]
    [InlineData(false, "raise its limit (ulimit -n, LimitNOFILE=)")]
    [InlineData(true, "the whole system has no open files left; raise its limit (fs.file-max)")]
    public void TheRightLimitIsNamed_WhateverTheErrorSays(bool isSystem, string expected)
    {
        _next = (-1, isSystem);
        _backoff.Failed("Too many open files in system");
        Assert.NotNull(_backoff.Next());
        Assert.Contains(expected, Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherFaultIsNamed_AndTriedAgain()
    {
        HaveRoom();
        _backoff.Failed("No buffer space available");
        Assert.NotNull(_backoff.Next());
        Assert.Contains("for now: No buffer space available. ", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
        Assert.Null(_backoff.Next()); // a try is the only way to find out
    }

    private void RunOut()
    {
        _backoff.Accepted(Limit - Kept);
        _next = (Limit - Kept + 1, false);
    }

    private void HaveRoom() => _next = (9, false);
}
