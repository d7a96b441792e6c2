using BenchmarkDotNet.Attributes;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>What the cluster's quota costs a connection: a permit out of those that the gateway holds, and back.</summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class AdmissionBenchmarks : IDisposable
{
    private QuotaLimiter _limiter = null!;
    private PermitLease _permit = null!;

    /// <summary>Lends the limiter a block.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _limiter = new QuotaLimiter(new PermitPool("run", "gateway", QuotaPolicy.Strict, reserve: 0), TimeSpan.Zero, TimeProvider.System);
        var request = _limiter.TryBeginRequest()!;
        _limiter.Receive(new LeaseReply
        {
            Outcome = LeaseOutcome.Granted,
            Number = request.Number,
            Epoch = 1,
            Granted = 1000,
            Target = 1000,
            Lease = TimeSpan.FromHours(1),
            Renew = TimeSpan.FromMinutes(1),
        });
        _permit = (PermitLease)_limiter.AttemptAcquire();
    }

    /// <summary>Ends what the setup began.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _permit.Dispose();
        _limiter.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes a permit and gives it back: a whole connection's worth.</summary>
    [Benchmark]
    public void TakeAndGiveBack() => _limiter.AttemptAcquire().Dispose();

    /// <summary>The same by the way that admission goes, which may wait.</summary>
    [Benchmark]
    public async ValueTask TakeAndGiveBackAsync() => (await _limiter.AcquireAsync()).Dispose();

    /// <summary>What the pump asks before each echo.</summary>
    [Benchmark]
    public bool IsVoid() => _permit.IsVoid;
}
