using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Admission;

public sealed class ConnectionAdmissionTests : IDisposable
{
    private readonly FakeBackend _backend = new();
    private readonly ConnectionAdmission _admission;

    public ConnectionAdmissionTests() => _admission = new ConnectionAdmission(_backend, FakeQuota.Unlimited(TimeProvider.System), Options.Create(new GatewayOptions { MaxConnections = 2 }));

    public void Dispose() => _admission.Dispose();

    [Fact]
    public async Task ATicketIsGivenBackOnceHoweverOftenItIsDisposedOf()
    {
        var (first, second) = (await AdmitAsync(), await AdmitAsync());
        Assert.Equal(RejectReason.TooManyConnections, (await AdmitAsync()).Rejection);

        first.Dispose();
        first.Dispose();

        Assert.Null((await AdmitAsync()).Rejection);
        Assert.Equal(RejectReason.TooManyConnections, (await AdmitAsync()).Rejection);
        second.Dispose();
    }

    [Fact]
    public async Task TheReasonsHaveAnOrder()
    {
        using var first = await AdmitAsync();
        using var second = await AdmitAsync();
        _backend.IsReachable = false;
        Assert.Equal(RejectReason.BackendUnavailable, (await AdmitAsync()).Rejection);

        _admission.Drain();
        Assert.True(_admission.IsDraining);
        Assert.Equal(RejectReason.Draining, (await AdmitAsync()).Rejection);
    }

    [Fact]
    public async Task TheLimitHoldsHoweverManyAskAtOnce()
    {
        var admitted = 0;
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, async (_, _) =>
        {
            using var decision = await AdmitAsync();
            if (decision.Rejection is not null) return;
            Assert.InRange(Interlocked.Increment(ref admitted), 1, 2);
            Interlocked.Decrement(ref admitted);
        });

        using var first = await AdmitAsync();
        using var second = await AdmitAsync();
        Assert.Equal([null, null], [first.Rejection, second.Rejection]);
    }

    private ValueTask<AdmissionDecision> AdmitAsync() => _admission.AdmitAsync(TestContext.Current.CancellationToken);
}
