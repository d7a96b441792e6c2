using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.Testing.Certificates;

/// <summary>A certificate and its key, in PEM.</summary>
public sealed record TestCertificate(string Certificate, string Key)
{
    /// <summary>What tells it from all others.</summary>
    public string Fingerprint
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(Certificate);
            return certificate.GetCertHashString(HashAlgorithmName.SHA256);
        }
    }
}
