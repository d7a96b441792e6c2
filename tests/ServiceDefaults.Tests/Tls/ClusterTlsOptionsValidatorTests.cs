using System.Security.Cryptography;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.ServiceDefaults.Tests.Tls;

public sealed class ClusterTlsOptionsValidatorTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private readonly CertificateFolder _files;

    public ClusterTlsOptionsValidatorTests() => _files = new CertificateFolder(_authority.Silo(), _authority.Pem);

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void NoFiles_AreNoFault() => AssertFaults(new ClusterTlsOptions());

    [Fact]
    public void FilesThatBelongTogether_AreNoFault()
    {
        AssertFaults(Options());
        _files.Replace(_authority.Gateway());
        AssertFaults(Options(), CertificateRole.Gateway);
    }

    [Fact]
    public void AuthorityThatFollowsAnother_IsAskedToo()
    {
        File.WriteAllText(_files.Authority, _stranger.Pem + "\n" + _authority.Pem);
        AssertFaults(Options());
    }

    [Fact]
    public void SomeOfTheFiles_AreAFaultForEachThatIsMissing()
    {
        const string why = "is missing, and Cluster:Tls:Key is not; TLS takes a certificate, its key and its authority.";
        AssertFaults(new ClusterTlsOptions { Key = _files.Key }, CertificateRole.Silo, $"Cluster:Tls:Certificate: {why}", $"Cluster:Tls:Authority: {why}");
    }

    [Fact]
    public void NameWithoutFiles_IsAFault() =>
        AssertFaults(new ClusterTlsOptions { Name = "prod" }, CertificateRole.Silo, "Cluster:Tls:Name: is set, and there is no TLS without Certificate, Key and Authority; set them, or leave it out.");

    [Fact]
    public void NameThatIsNone_IsAFault()
    {
        var options = Options();
        options.Name = "two words";
        AssertFaults(options, CertificateRole.Silo, "Cluster:Tls:Name: 'two words' is not a DNS name, such as orleansecho.example.com.");
    }

    [Fact]
    public void FilesThatAreNotThere_AreAFaultEach()
    {
        File.Delete(_files.Certificate);
        File.Delete(_files.Authority);
        AssertFaults(Options(), CertificateRole.Silo, $"Cluster:Tls:Certificate: there is no file '{_files.Certificate}'.", $"Cluster:Tls:Authority: there is no file '{_files.Authority}'.");
    }

    [Fact]
    public void FilesThatHoldSomethingElse_AreAFaultEach()
    {
        File.WriteAllText(_files.Certificate, _authority.Silo().Key);
        File.WriteAllText(_files.Authority, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        AssertFaults(
            Options(),
            CertificateRole.Silo,
            $"Cluster:Tls:Certificate: '{_files.Certificate}' has no certificate in PEM in it (-----BEGIN CERTIFICATE-----).",
            $"Cluster:Tls:Authority: '{_files.Authority}' has a certificate in it that cannot be read.");
    }

    [Fact]
    public void KeyThatIsNone_IsAFault()
    {
        File.WriteAllText(_files.Key, _authority.Pem);
        AssertFaults(Options(), CertificateRole.Silo, $"Cluster:Tls:Key: '{_files.Key}' has no private key in PEM in it (-----BEGIN PRIVATE KEY-----).");
    }

    [Fact]
    public void KeyWithAPassword_IsAFault()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_files.Key, key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)));
        AssertFaults(Options(), CertificateRole.Silo, $"Cluster:Tls:Key: '{_files.Key}' has a password; give it without, and let nobody else read the file.");
    }

    [Fact]
    public void KeyOfAnotherCertificate_IsAFault()
    {
        File.WriteAllText(_files.Key, _authority.Silo().Key);
        AssertFaults(Options(), CertificateRole.Silo, $"Cluster:Tls:Key: '{_files.Key}' does not match the first certificate in '{_files.Certificate}' (Cluster:Tls:Certificate), or cannot be read.");
    }

    [Fact]
    public void CertificateOutOfItsTime_IsAFault_ThatThinksOfTheClock()
    {
        _files.Replace(_authority.Issue("silo", [TestAuthority.ServerAuth, TestAuthority.ClientAuth], TimeSpan.FromDays(-2), TimeSpan.FromDays(-1)));
        Assert.Matches(@"tls\.crt' expired on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, or this machine's clock is wrong\.$", Assert.Single(Faults(Options(), CertificateRole.Silo)));
        _files.Replace(_authority.Issue("silo", [TestAuthority.ServerAuth, TestAuthority.ClientAuth], TimeSpan.FromDays(1)));
        Assert.Matches(@"tls\.crt' is not valid before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, or this machine's clock is wrong\.$", Assert.Single(Faults(Options(), CertificateRole.Silo)));
    }

    [Fact]
    public void CertificateOfAnotherAuthority_IsAFault_ThoughItsNameIsTheSame()
    {
        _files.Replace(_stranger.Silo());
        AssertFaults(Options(), CertificateRole.Silo, $"Cluster:Tls:Certificate: '{_files.Certificate}' is not signed by an authority of Cluster:Tls:Authority.");
    }

    [Theory]
    [InlineData(CertificateRole.Silo, "serverAuth and clientAuth")]
    [InlineData(CertificateRole.Silo, "clientAuth", TestAuthority.ServerAuth)]
    [InlineData(CertificateRole.Silo, "serverAuth", TestAuthority.ClientAuth)]
    [InlineData(CertificateRole.Gateway, "clientAuth", TestAuthority.ServerAuth)]
    public void CertificateForSomethingElse_IsAFault(CertificateRole role, string missing, params string[] uses)
    {
        _files.Replace(_authority.Issue("something", uses));
        var whose = role is CertificateRole.Silo ? "silo" : "gateway";
        AssertFaults(Options(), role, $"Cluster:Tls:Certificate: '{_files.Certificate}' is not a {whose}'s: its extended key usage lacks {missing}.");
    }

    [Fact]
    public void CertificateWithoutTheName_IsAFault()
    {
        var options = Options();
        options.Name = "silo";
        AssertFaults(options);
        options.Name = "prod";
        AssertFaults(options, CertificateRole.Silo, $"Cluster:Tls:Certificate: '{_files.Certificate}' does not carry the name prod (Cluster:Tls:Name).");
    }

    private ClusterTlsOptions Options() => new() { Certificate = _files.Certificate, Key = _files.Key, Authority = _files.Authority };

    private static IEnumerable<string> Faults(ClusterTlsOptions options, CertificateRole role) => new ClusterTlsOptionsValidator(role, TimeProvider.System).Validate(null, options).Failures ?? [];

    private static void AssertFaults(ClusterTlsOptions options, CertificateRole role = CertificateRole.Silo, params string[] faults) => Assert.Equal(faults, Faults(options, role));
}
