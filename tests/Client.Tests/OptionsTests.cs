using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.Client.Tests;

/// <summary>Wrong options: one clear line each, all at once.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void AllFaultsAreReportedAtOnce()
    {
        var options = new EchoClientPoolOptions
        {
            Name = " ",
            Gateways = { "nowhere", "a b:1", "::1:7001", "echo.example:0", "unix:", "10.0.0.1:1", "10.0.0.1:1" },
            Choice = (GatewayChoice)7,
            MinimumSize = 5,
            MaximumSize = 4,
            AcquireTimeout = TimeSpan.Zero,
            LeakThreshold = TimeSpan.Zero,
            FirstEjection = TimeSpan.FromMinutes(1),
            Connection =
            {
                Framing = "lines", MaxMessageBytes = 0, MaxRequestsInFlight = 0, RequestTimeout = TimeSpan.FromDays(2),
                Tls = new EchoTlsOptions { CertificateFile = "/no/such/file" },
            },
        };
        var faults = Assert.Throws<OptionsValidationException>(() => new EchoClientPool(options)).Failures.ToArray();
        Assert.Equal(
        [
            "Name: it is empty; metrics and logs need one.",
            "Gateways:0: 'nowhere' is no address of a gateway: it needs a port from 1 to 65535 at its end, as in echo.example:7001.",
            "Gateways:1: 'a b:1' is no address of a gateway: 'a b' is neither an IP address nor a host name.",
            "Gateways:2: '::1:7001' is no address of a gateway: an IPv6 address stands in brackets, as in [::1]:7001.",
            "Gateways:3: 'echo.example:0' is no address of a gateway: it needs a port from 1 to 65535 at its end, as in echo.example:7001.",
            "Gateways:4: 'unix:' is no address of a gateway: a socket's path has 1 to 107 bytes and no NUL.",
            "Gateways:6: '10.0.0.1:1' is there twice.",
            "Connection:Framing: 'lines' is no framing; use line or length-prefixed.",
            "Connection:MaxMessageBytes: 0 is not between 1 and 16777216.",
            "Connection:MaxRequestsInFlight: 0 is not between 1 and 65536.",
            "Connection:RequestTimeout: 2.00:00:00 is not between 00:00:00.0010000 and 01:00:00.",
            "Connection:Tls:CertificateFile and Connection:Tls:KeyFile: a certificate needs its key; set both or none.",
            "Connection:Tls:CertificateFile: there is no file '/no/such/file'.",
            "MinimumSize: 5 is more than MaximumSize, 4.",
            "Choice: '7' is none of RoundRobin, LeastOutstanding, PowerOfTwoChoices.",
            "AcquireTimeout: 00:00:00 is not between 00:00:00.0010000 and 01:00:00.",
            "LeakThreshold: 00:00:00 is not between 00:00:01 and 1.00:00:00.",
            "FirstEjection: 00:01:00 is more than LongestEjection, 00:00:30.",
        ],
        faults);
    }

    [Theory]
    [InlineData(4 * 1024 * 1024, 256, "")]
    [InlineData(16 * 1024 * 1024, 65, "MaxRequestsInFlight: 65 messages of MaxMessageBytes are more than 1 GiB on one connection; 64 are not.")]
    public void WhatCouldBeUnderWay_IsBounded(int bytes, int requests, string fault)
    {
        var faults = new List<string>();
        EchoConnectionOptionsChecks.Check(new EchoConnectionOptions { MaxMessageBytes = bytes, MaxRequestsInFlight = requests }, "", faults);
        Assert.Equal(fault, string.Concat(faults));
    }

    [Fact]
    public async Task FileThatCannotBeUsed_IsNamed_WithWhatIsWrong()
    {
        using var authority = new TestAuthority();
        using var files = new CertificateFolder(authority.Issue("the-client", [TestAuthority.ClientAuth]), "no PEM");
        var (other, certificate) = (authority.Issue("other", [TestAuthority.ClientAuth]), File.ReadAllText(files.Certificate));
        var tls = new EchoTlsOptions { AuthorityFile = files.Authority, CertificateFile = files.Certificate, KeyFile = files.Key };
        var key = $"Tls:KeyFile: '{files.Key}'";
        await ReportsAsync($"Tls:AuthorityFile: '{files.Authority}' has no certificate in PEM in it (-----BEGIN CERTIFICATE-----); name a file that has.");

        tls.AuthorityFile = files.Folder;
        Assert.StartsWith($"Tls:AuthorityFile: '{files.Folder}' cannot be read: ", (await FaultAsync()).Failures.Single(), StringComparison.Ordinal);
        tls.AuthorityFile = null;

        files.Replace(other with { Certificate = certificate });
        await ReportsAsync($"{key} is not the key of the first certificate in '{files.Certificate}' (Tls:CertificateFile), or cannot be read; name the one that was made with it.");

        files.Replace(new TestCertificate(certificate, certificate));
        await ReportsAsync($"{key} has no private key in PEM in it (-----BEGIN PRIVATE KEY-----); name a file that has.");

        files.Replace(new TestCertificate(certificate, other.Key.Replace("PRIVATE", "ENCRYPTED PRIVATE", StringComparison.Ordinal)));
        await ReportsAsync($"{key} has a password; give it without, and let nobody else read the file.");

        files.Replace(other with { Certificate = certificate.Replace("MII", "MIJ", StringComparison.Ordinal) });
        await ReportsAsync($"Tls:CertificateFile: '{files.Certificate}' has a certificate in it that cannot be read; get it again from whoever issued it.");

        var pool = new EchoClientPoolOptions { Gateways = { "127.0.0.1:1" }, Connection = { Tls = tls } };
        Assert.StartsWith("Connection:Tls:CertificateFile: '", Assert.Throws<OptionsValidationException>(() => new EchoClientPool(pool)).Failures.Single(), StringComparison.Ordinal);

        Task<OptionsValidationException> FaultAsync() => Assert.ThrowsAsync<OptionsValidationException>(() => EchoClient.ConnectAsync(
            "127.0.0.1:1", new EchoConnectionOptions { Tls = tls }, cancellationToken: TestContext.Current.CancellationToken));

        async Task ReportsAsync(string line) => Assert.Equal([line], (await FaultAsync()).Failures);
    }

    [Fact]
    public async Task ClientReportsItsFaultsAtOnce_Too()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => EchoClient.ConnectAsync(
            "nowhere", new EchoConnectionOptions { Framing = "raw", ConnectTimeout = TimeSpan.Zero }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(3, fault.Failures.Count());
        Assert.Contains(fault.Failures, line => line == "Framing: 'raw' has no messages, so no echo can be told from the next; use line or length-prefixed.");
    }

    [Fact]
    public void NoGatewayIsAFault_WhenTheHostStarts()
    {
        using var provider = new ServiceCollection().AddEchoClientPool().Services.BuildServiceProvider();
        var fault = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Equal(["Gateways: there is none; name one at least, as in 127.0.0.1:7001."], fault.Failures);
    }

    [Fact]
    public void HostMayEndWithoutWaiting()
    {
        var provider = new ServiceCollection().AddEchoClientPool(options => options.Gateways.Add("127.0.0.1:1")).Services.BuildServiceProvider();
        var pool = provider.GetRequiredService<EchoClientPool>();
        provider.Dispose();
        Assert.Equal(0, pool.ReadStatistics().Total);
    }

    [Fact]
    public async Task PoolIsOneForTheHost_AndEndsWithIt()
    {
        EchoClientPool pool;
        await using (var provider = new ServiceCollection().AddLogging().AddMetrics().AddEchoClientPool(options => options.Gateways.Add("127.0.0.1:1")).Services.BuildServiceProvider())
        {
            pool = provider.GetRequiredService<EchoClientPool>();
            Assert.Same(pool, provider.GetRequiredService<EchoClientPool>());
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.AcquireAsync(TestContext.Current.CancellationToken));
    }
}
