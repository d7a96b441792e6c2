using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>What makes a certificate one of the cluster's: the same for one's own and for a peer's.</summary>
/// <param name="authority">Who may have signed it.</param>
/// <param name="name">What it has to be called; empty for anything.</param>
/// <param name="time">What the time is.</param>
internal sealed class CertificateRules(X509Certificate2Collection authority, string name, TimeProvider time)
{
    private const X509ChainStatusFlags NotSigned =
        X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.Cyclic;

    private const string Clock = "or this machine's clock is wrong";

    private static readonly Oid ServerAuth = new("1.3.6.1.5.5.7.3.1", "serverAuth");
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2", "clientAuth");

    /// <summary>How a chain of certificates is built. Nothing is fetched from anywhere: a cluster starts without the outside.</summary>
    public X509ChainPolicy PolicyFor(CertificateRole role)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // a lost key is answered by another authority, or by certificates that do not live long
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        foreach (var use in Uses(role)) policy.ApplicationPolicy.Add(use);
        return policy;
    }

    /// <summary>What is wrong with one's own certificate, as half a sentence; null when nothing is.</summary>
    public string? Explain(X509Certificate2 certificate, X509Certificate2Collection between, CertificateRole role)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyFor(role) };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        chain.Build(certificate);
        return Explain(certificate, chain, role);
    }

    /// <summary>What is wrong with a certificate whose chain was built by <see cref="PolicyFor"/>, as half a sentence; null when nothing is.</summary>
    public string? Explain(X509Certificate2 certificate, X509Chain chain, CertificateRole role)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((status & NotSigned) is not 0) return $"is not signed by an authority of {ClusterTlsOptions.KeyOf(nameof(ClusterTlsOptions.Authority))}";
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) return ExplainTime(certificate, chain);
        var missing = Uses(role).Where(use => !IsFor(certificate, use)).Select(use => use.FriendlyName).ToList();
        if (missing.Count > 0) return $"is not a {(role is CertificateRole.Silo ? "silo" : "gateway")}'s: its extended key usage lacks {string.Join(" and ", missing)}";
        if (status is not X509ChainStatusFlags.NoError) return $"is not valid: {chain.ChainStatus[0].StatusInformation.TrimEnd('.')}";
        return name.Length is 0 || certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false)
            ? null
            : $"does not carry the name {name} ({ClusterTlsOptions.KeyOf(nameof(ClusterTlsOptions.Name))})";
    }

    private static Oid[] Uses(CertificateRole role) => role is CertificateRole.Silo ? [ServerAuth, ClientAuth] : [ClientAuth];

    // One without the extension is good for everything, by RFC 5280: for us it was made for something else.
    private static bool IsFor(X509Certificate2 certificate, Oid use) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(one => one.Value == use.Value));

    private string ExplainTime(X509Certificate2 certificate, X509Chain chain)
    {
        var element = chain.ChainElements.FirstOrDefault(e => e.ChainElementStatus.Any(s => s.Status is X509ChainStatusFlags.NotTimeValid))?.Certificate ?? certificate;
        var whose = element.Equals(certificate) ? "" : $"was signed by {PeerText.Of(element.Subject)}, which ";
        return time.GetUtcNow() < element.NotBefore ? $"{whose}is not valid before {Utc(element.NotBefore)}, {Clock}" : $"{whose}expired on {Utc(element.NotAfter)}, {Clock}";
    }

    private static string Utc(DateTime moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
