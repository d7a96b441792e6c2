using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>What becomes of open connections when the quota wants some of them closed.</summary>
public sealed class QuotaDemandTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeQuota _quota;
    private readonly GatewayRig _rig;
    private readonly List<Task<CloseReason>> _ends = [];
    private readonly List<PipeConnection> _peers = [];
    private readonly List<FakeGrain> _grains = [];
    private readonly List<ConnectionPump> _pumps = [];
    private int _aborts;

    public QuotaDemandTests()
    {
        _quota = new FakeQuota(_time);
        _rig = new GatewayRig(time: _time, quota: _quota.Limiter);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task NewestAreClosed_WhenTheLimitWasLowered()
    {
        _quota.Grant(4);
        await OpenAsync(4);
        _time.Advance(FakeQuota.Renew);
        _quota.Answer(r => FakeQuota.Reply(r) with { Granted = 4, Target = 1, Close = 3 });
        _rig.Registry.CheckAll();

        Assert.Equal([CloseReason.QuotaLowered, CloseReason.QuotaLowered, CloseReason.QuotaLowered], await Task.WhenAll(_ends.Skip(1)).WithinAsync("three to close"));
        Assert.False(_ends[0].IsCompleted);
    }

    [Fact]
    public async Task OneThatHasEndedAlready_IsNotCountedAmongThoseThatMayStay()
    {
        _quota.Grant(3);
        await OpenAsync(3);
        _rig.Registry.Release(_pumps[0]); // its grain has still to hear of it
        _time.Advance(FakeQuota.Renew);
        _quota.Answer(r => FakeQuota.Reply(r) with { Granted = 3, Target = 1, Close = 2 });
        _rig.Registry.CheckAll();

        Assert.Equal(CloseReason.QuotaLowered, await _ends[2].WithinAsync("the newest to close"));
        Assert.False(_ends[1].IsCompleted);
    }

    [Fact]
    public async Task AllAreClosed_WhenTheLeaseCannotBeRenewed_AndAbortedAtItsEnd()
    {
        _quota.Grant(2);
        await OpenAsync(2);
        _peers[1].Send("never answered\n");
        await _grains[1].NextCallAsync(); // it waits for a silo: only an abort reaches it
        _time.Advance(FakeQuota.Lease - (FakeQuota.Renew / 2));
        _rig.Registry.CheckAll();
        Assert.Equal(CloseReason.QuotaLost, await _ends[0].WithinAsync("the first to close"));
        Assert.Equal(0, _aborts);

        _time.Advance(FakeQuota.Renew / 2);
        _rig.Registry.CheckAll();
        Assert.Equal(1, _aborts);
    }

    [Fact]
    public async Task NoEchoIsWrittenOnAVoidPermit()
    {
        _quota.Grant(1);
        await OpenAsync(1);
        _peers[0].Send("hello\n");
        var call = await _grains[0].NextCallAsync();
        _time.Advance(FakeQuota.Lease); // nobody has ticked: the process was frozen
        call.Answer();

        Assert.Equal(CloseReason.QuotaLost, await _ends[0].WithinAsync("the end"));
        Assert.Equal("", _peers[0].ReceivedText);
    }

    private async Task OpenAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var peer = new PipeConnection();
            var grain = new FakeGrain(answers: false);
            var admitted = await _rig.AdmitAsync();
            Assert.Null(admitted.Rejection);
            var pump = new ConnectionPump(peer, () => 0, () => Task.CompletedTask, Protocols.Framings.Line, grain, admitted, PumpRig.Limits, _rig.Metrics.ForListener("t", "tcp", "line"), _rig.Clock, _time, _rig.Budget);
            _peers.Add(peer);
            _grains.Add(grain);
            _pumps.Add(pump);
            _ends.Add(RunAsync(pump, admitted));
        }
    }

    private async Task<CloseReason> RunAsync(ConnectionPump pump, AdmissionDecision admitted)
    {
        _rig.Registry.Add(pump, () => _aborts++);
        var reason = await pump.RunAsync(Stop);
        _rig.Registry.Remove(pump);
        admitted.Dispose();
        return reason;
    }
}
