using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Tls;

namespace OrleansEcho.ServiceDefaults.Tests.Tls;

public sealed class TlsFaultLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly TlsFaultLog _faults;

    public TlsFaultLogTests() => _faults = new TlsFaultLog(_time, new LoggerFactory([_log]).CreateLogger<TlsFaultLog>());

    public void Dispose() => _log.Dispose();

    [Fact]
    public void FaultOfOneMachine_IsSaidAtOnce_AndThenOnceAMinute()
    {
        for (var port = 1; port <= 100; port++) _faults.Refused(new IPEndPoint(IPAddress.Loopback, port), "it presents no certificate");
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var port = 1; port <= 100; port++) _faults.Refused(new IPEndPoint(IPAddress.Loopback, port), "it presents no certificate");
        Assert.Equal(
            [
                "Refused a connection from 127.0.0.1:1: it presents no certificate.",
                "Refused a connection from 127.0.0.1:1: it presents no certificate. (99 more like it since the last such line)",
            ],
            Lines);
    }

    [Fact]
    public void OtherMachinesAndOtherFaults_AreSaidAtOnce()
    {
        _faults.Refused(new IPEndPoint(IPAddress.Loopback, 1), "it presents no certificate");
        _faults.Refused(new IPEndPoint(IPAddress.Loopback, 1), "it does not use TLS");
        _faults.Refused(new IPEndPoint(IPAddress.IPv6Loopback, 1), "it does not use TLS");
        _faults.NotConnected(new IPEndPoint(IPAddress.Broadcast, 2), "it does not use TLS");
        Assert.Equal(4, Lines.Count());
        Assert.Equal("No connection to silo 255.255.255.255:2: it does not use TLS.", Lines.Last());
    }

    [Fact]
    public void FloodFromEverywhere_SharesALine()
    {
        for (var i = 0; i < 10_000; i++) _faults.Refused(new IPEndPoint(i, 1), "it presents no certificate");
        Assert.Equal(65, Lines.Count());
        _time.Advance(TimeSpan.FromMinutes(1));
        _faults.Refused(new IPEndPoint(IPAddress.Loopback, 1), "it presents no certificate");
        Assert.Equal(66, Lines.Count());
    }

    private IEnumerable<string> Lines => _log.Lines.Select(line => line.Message);
}
