using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>What a program proves who it is with, and what it asks of others. It does not change: new files make another one.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="Context">The same, as connections present it, with the certificates between it and the authority's.</param>
/// <param name="Rules">What peers' certificates have to be.</param>
internal sealed record TlsIdentity(X509Certificate2 Certificate, SslStreamCertificateContext Context, CertificateRules Rules)
{
    /// <summary>Which certificate it is, for a person: <c>openssl x509 -noout -subject -enddate -fingerprint -sha256</c> tells the same.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Certificate.Subject}, valid until {Certificate.NotAfter.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}, SHA-256 {Certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16]}...");
}
