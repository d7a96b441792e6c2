using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.ServiceDefaults.Tests.Tls;

public sealed class CertificateWatchTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly LogCollector _log = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly TestCertificate _first;
    private readonly TestCertificate _second;
    private readonly CertificateFolder _files;

    public CertificateWatchTests()
    {
        (_first, _second) = (_authority.Silo(), _authority.Silo());
        _files = new CertificateFolder(_first, _authority.Pem);
    }

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void NoCertificate_IsInUse_WithoutFiles()
    {
        using var watch = Watch(new ClusterTlsOptions());
        watch.Look();
        Assert.Null(watch.Current);
    }

    [Fact]
    public void FilesAreReadAgain_WhenTheyChange()
    {
        using var watch = Watch();
        Assert.Equal(_first.Fingerprint, Fingerprint(watch));
        var before = watch.Current;
        watch.Look();
        Assert.Same(before, watch.Current);
        _files.Replace(_second);
        watch.Look();
        Assert.Equal(_second.Fingerprint, Fingerprint(watch));
        Assert.StartsWith($"The certificate has been replaced: new connections use CN=silo, valid until ", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesAreReadAgain_WhenAFolderIsExchangedBehindASymbolicLink()
    {
        // As Kubernetes mounts secrets: the files that are named are links into a folder that is itself a link, and only that is exchanged.
        using var next = new CertificateFolder(_second, _authority.Pem);
        var data = Path.Combine(_files.Folder, "..data");
        Directory.CreateSymbolicLink(data, _files.Folder);
        using var watch = Watch(new ClusterTlsOptions { Certificate = Path.Combine(data, "tls.crt"), Key = Path.Combine(data, "tls.key"), Authority = Path.Combine(data, "ca.crt") });
        File.Delete(data);
        Directory.CreateSymbolicLink(data, next.Folder);
        watch.Look();
        Assert.Equal(_second.Fingerprint, Fingerprint(watch));
    }

    [Fact]
    public void CertificateStays_WhenTheNewFilesAreWrong_AndThatIsSaidOnce()
    {
        using var watch = Watch();
        File.WriteAllText(_files.Key, _second.Key); // and the certificate comes a moment later
        watch.Look();
        Assert.Equal(_first.Fingerprint, Fingerprint(watch));
        Assert.Empty(_log.Lines);
        for (var i = 0; i < 3; i++) watch.Look(); // or never
        Assert.Equal(_first.Fingerprint, Fingerprint(watch));
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.StartsWith($"The files of the certificate have changed and cannot be used; the certificate that there was stays in use. Cluster:Tls:Key: '{_files.Key}' does not match ", line.Message, StringComparison.Ordinal);

        File.Delete(_files.Certificate);
        for (var i = 0; i < 3; i++) watch.Look();
        Assert.Equal(2, _log.Lines.Count);
        Assert.EndsWith($"Cluster:Tls:Certificate: there is no file '{_files.Certificate}'.", _log.Lines.Last().Message, StringComparison.Ordinal);
        _files.Replace(_second);
        watch.Look();
        Assert.Equal(_second.Fingerprint, Fingerprint(watch));
    }

    [Fact]
    public void CertificateThatExpiresSoon_IsSaidOnce()
    {
        using var watch = Watch(); // for 366 days, of which one is over
        _time.Advance(TimeSpan.FromDays(328));
        watch.Look();
        Assert.Empty(_log.Lines);
        _time.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < 3; i++) watch.Look();
        Assert.StartsWith("The certificate expires soon, and then no connection can be opened with it: CN=silo, valid until ", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesAreLookedAt_EverySoOften()
    {
        using var watch = Watch();
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await Testing.Deadline.UntilAsync(() => Task.FromResult(_log.Lines.Count > 0), "a line");
        Assert.StartsWith("TLS between silos, and between gateways and silos, with the certificate CN=silo, valid until ", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
        _files.Replace(_second);
        await Testing.Deadline.UntilAsync(
            () =>
            {
                _time.Advance(CertificateWatch.Interval);
                return Task.FromResult(Fingerprint(watch) == _second.Fingerprint);
            },
            "the new certificate");
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    private static string? Fingerprint(CertificateWatch watch) => watch.Current?.Certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);

    private CertificateWatch Watch(ClusterTlsOptions? options = null) => new(
        Options.Create(options ?? new ClusterTlsOptions { Certificate = _files.Certificate, Key = _files.Key, Authority = _files.Authority }),
        CertificateRole.Silo,
        _time,
        new LoggerFactory([_log]).CreateLogger<CertificateWatch>());
}
