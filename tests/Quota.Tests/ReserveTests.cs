using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Quota.Tests;

/// <summary>What a gateway under the policy available admits without a lease.</summary>
public sealed class ReserveTests
{
    private readonly TimeSpan _start = TimeSpan.FromSeconds(100);
    private readonly PermitPool _pool = new("a", "a", QuotaPolicy.Available, reserve: 1);

    [Fact]
    public void TheReserveIsUsedOnce_WhenTheLeaseIsLostAfterItsEnd()
    {
        Receive(LeaseOutcome.Granted, _start);
        var afterEnd = _start + TimeSpan.FromSeconds(20);
        Assert.True(_pool.TryAcquire(_start));
        Assert.True(_pool.TryAcquire(afterEnd));
        Assert.False(_pool.TryAcquire(afterEnd));

        Receive(LeaseOutcome.LeaseLost, afterEnd);

        Assert.False(_pool.TryAcquire(afterEnd));
    }

    private void Receive(LeaseOutcome outcome, TimeSpan now)
    {
        var request = _pool.BeginRequest(now, waiting: 0);
        _pool.Receive(new LeaseReply { Outcome = outcome, Number = request.Number, Epoch = 1, Granted = 1, Target = 1, Lease = TimeSpan.FromSeconds(15), Renew = TimeSpan.FromSeconds(3) }, now);
    }
}
