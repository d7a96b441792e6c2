using System.Net.Http.Headers;
using System.Threading.RateLimiting;
using k8s.Authentication;

namespace OrleansEcho.Silo.Kubernetes;

/// <summary>
/// A pod's token, which every request to Kubernetes asks for first: so it can hold them back. The package's agent repeats what was refused for a
/// missing right without a pause.
/// </summary>
internal sealed class PacedToken(ITokenProvider token) : ITokenProvider, IDisposable
{
    // A start takes four requests; after that, one every two seconds is nothing to Kubernetes, and soon enough for who has just mended a role.
    private readonly TokenBucketRateLimiter _pace = new(new()
    {
        TokenLimit = 4,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(2),
        QueueLimit = int.MaxValue,
    });

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        using var turn = await _pace.AcquireAsync(1, cancellationToken);
        return await token.GetAuthenticationHeaderAsync(cancellationToken);
    }

    public void Dispose() => _pace.Dispose();
}
