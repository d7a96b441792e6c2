using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>The cluster's quota, as the test plays it: it answers the limiter's requests when the test says so.</summary>
internal sealed class FakeQuota
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan Renew = TimeSpan.FromSeconds(3);

    public FakeQuota(TimeProvider time, QuotaPolicy policy = QuotaPolicy.Strict, int reserve = 0, TimeSpan? wait = null) =>
        Limiter = Make(time, wait ?? TimeSpan.Zero, policy, reserve);

    private FakeQuota(QuotaLimiter limiter) => Limiter = limiter;

    public QuotaLimiter Limiter { get; }

    /// <summary>One of a gateway whose <c>Quota:WaitSeconds</c> is not set.</summary>
    public static FakeQuota WithoutAWaitOfItsOwn(TimeProvider time) => new(Make(time, null, QuotaPolicy.Strict, 0));

    /// <summary>A limiter that has been told that there is no limit.</summary>
    public static QuotaLimiter Unlimited(TimeProvider time)
    {
        var quota = new FakeQuota(time);
        quota.Answer(r => Reply(r, LeaseOutcome.Unlimited));
        return quota.Limiter;
    }

    /// <summary>A connection that may go on for ever.</summary>
    public static AdmissionDecision Admitted(TimeProvider time)
    {
        var limiter = Unlimited(time);
        return new AdmissionDecision(limiter.AttemptAcquire(0), (PermitLease)limiter.AttemptAcquire());
    }

    public static LeaseReply Reply(LeaseRequest request, LeaseOutcome outcome = LeaseOutcome.Granted) =>
        new() { Outcome = outcome, Number = request.Number, Epoch = 1, Lease = Lease, Renew = Renew };

    private static QuotaLimiter Make(TimeProvider time, TimeSpan? wait, QuotaPolicy policy, int reserve) =>
        new(new PermitPool("run", "gateway", policy, reserve), wait, time);

    /// <summary>The limiter's next request, which must be due.</summary>
    public LeaseRequest Next() => Limiter.TryBeginRequest() ?? throw new InvalidOperationException("No request is due.");

    /// <summary>Answers the next request, which must be due.</summary>
    public LeaseRequest Answer(Func<LeaseRequest, LeaseReply> reply)
    {
        var request = Next();
        Limiter.Receive(reply(request));
        return request;
    }

    /// <summary>Grants so many permits in all.</summary>
    public LeaseRequest Grant(int permits, QuotaDenial denial = QuotaDenial.None) => Answer(r => Reply(r) with { Granted = permits, Target = permits, Denial = denial });
}
