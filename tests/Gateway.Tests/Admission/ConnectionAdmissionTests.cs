using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Admission;

public sealed class ConnectionAdmissionTests : IDisposable
{
    private readonly FakeBackend _backend = new();
    private readonly ConnectionAdmission _admission;

    public ConnectionAdmissionTests() => _admission = new ConnectionAdmission(_backend, Options.Create(new GatewayOptions { MaxConnections = 2 }));

    public void Dispose() => _admission.Dispose();

    [Fact]
    public void ATicketIsGivenBackOnceHoweverOftenItIsDisposedOf()
    {
        var (first, second) = (_admission.Admit(), _admission.Admit());
        Assert.Equal(RejectReason.TooManyConnections, _admission.Admit().Rejection);

        first.Dispose();
        first.Dispose();

        Assert.Null(_admission.Admit().Rejection);
        Assert.Equal(RejectReason.TooManyConnections, _admission.Admit().Rejection);
        second.Dispose();
    }

    [Fact]
    public void TheReasonsHaveAnOrder()
    {
        using var first = _admission.Admit();
        using var second = _admission.Admit();
        _backend.IsReachable = false;
        Assert.Equal(RejectReason.BackendUnavailable, _admission.Admit().Rejection);

        _admission.Drain();
        Assert.True(_admission.IsDraining);
        Assert.Equal(RejectReason.Draining, _admission.Admit().Rejection);
    }

    [Fact]
    public async Task TheLimitHoldsHoweverManyAskAtOnce()
    {
        var admitted = 0;
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (_, _) =>
        {
            using var decision = _admission.Admit();
            if (decision.Rejection is not null) return default;
            Assert.InRange(Interlocked.Increment(ref admitted), 1, 2);
            Interlocked.Decrement(ref admitted);
            return default;
        });

        using var first = _admission.Admit();
        using var second = _admission.Admit();
        Assert.Equal([null, null], [first.Rejection, second.Rejection]);
    }
}
