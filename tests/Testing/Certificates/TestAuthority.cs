using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.Testing.Certificates;

/// <summary>An authority that signs certificates for a test, also wrong ones.</summary>
public sealed class TestAuthority : IDisposable, IAsyncDisposable
{
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false)); // tells authorities of one name apart
        _certificate = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The authority's certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>One for a silo.</summary>
    public TestCertificate Silo(string name = "silo") => Issue(name, [ServerAuth, ClientAuth]);

    /// <summary>One for a gateway.</summary>
    public TestCertificate Gateway(string name = "gateway") => Issue(name, [ClientAuth]);

    /// <summary>Signs one.</summary>
    /// <param name="name">Its subject, and the DNS name that it carries, where it can be one.</param>
    /// <param name="uses">Its extended key usages; no such extension when empty.</param>
    /// <param name="from">When it begins, from now; a day ago when null.</param>
    /// <param name="until">When it ends, from now; in a year when null.</param>
    public TestCertificate Issue(string name, string[] uses, TimeSpan? from = null, TimeSpan? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        if (Uri.CheckHostName(name) is UriHostNameType.Dns)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        var oids = new OidCollection();
        foreach (var use in uses) oids.Add(new Oid(use));
        if (uses.Length > 0) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var (begin, end) = (Now + (from ?? TimeSpan.FromDays(-1)), Now + (until ?? TimeSpan.FromDays(365)));
        using var certificate = request.Create(_certificate, begin, end, RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
