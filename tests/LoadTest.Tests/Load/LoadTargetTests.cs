using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.Testing.Certificates;
using static OrleansEcho.LoadTest.Tests.Load.EngineRuns;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>Several targets in one run, each with figures of its own: good ones, and those that speak TLS otherwise than was said.</summary>
public sealed class LoadTargetTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");
    private readonly CertificateFolder _client;

    public LoadTargetTests() => _client = new CertificateFolder(_authority.Gateway("client.test"), _authority.Pem);

    public void Dispose()
    {
        _client.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task EachTargetHasItsFigures_WhateverTheOthersDo()
    {
        var trusted = new LoadTls("server.test", _client.Authority);
        var known = trusted with { Certificate = _client.Certificate, Key = _client.Key };
        await using var plain = new LyingServer(Size);
        await using var secure = new LyingServer(Size, tls: Options(_authority));
        await using var mutual = new LyingServer(Size, tls: Options(_authority, isMutual: true));
        await using var plainButTlsExpected = new LyingServer(Size, refuse: _ => "-ERR Draining It stops.\n");
        await using var breaking = new LyingServer(Size, _ => Lie.Plain, tls: Options(_authority));
        await using var secureButPlainExpected = new LyingServer(Size, tls: Options(_authority));
        await using var strange = new LyingServer(Size, tls: Options(_stranger));
        await using var unknown = new LyingServer(Size, tls: Options(_authority, isMutual: true));
        (LyingServer Server, LoadTls? Tls)[] targets =
        [
            (plain, null), (secure, trusted), (mutual, known), (strange, trusted with { AcceptsAny = true, Authority = null }),
            (plainButTlsExpected, trusted), (secure, trusted with { ServerName = "other.test" }), (strange, trusted), (breaking, trusted),
            (unknown, trusted), (secureButPlainExpected, null), // these close without a word
        ];

        var result = await RunAsync(Scenario(0, "line") with
        {
            Targets = [.. targets.Select(t => new LoadTarget("127.0.0.1", t.Server.Port, "line", t.Tls))],
            Stages = [new LoadStage(TimeSpan.FromSeconds(1), 2 * targets.Length)],
            Reconnects = false,
        });

        Assert.All(result.Targets.Take(4), target =>
        {
            Assert.True(target.Figures.Messages > 0, target.Target);
            Assert.Equal(new IntegrityFigures(0, 0, 0, 0, 0, 0), target.Figures.Integrity);
            Assert.Empty(target.Figures.Errors);
            Assert.Equal(2, target.Figures.ConnectionsOpen);
        });
        Assert.All(result.Targets.Skip(4), target => Assert.Equal((0L, 0), (target.Figures.Messages, target.Figures.ConnectionsOpen)));

        // Nobody asks again: a fault for each connection.
        Assert.All(result.Targets.Skip(4).Take(4), target => Assert.Equal([(ErrorClass.Tls, 2L)], target.Figures.Errors.Select(e => (e.Key, e.Value))));
        Assert.All(result.Targets.Skip(8), target => Assert.Equal(2, target.Figures.Errors.Where(e => e.Key is ErrorClass.Closed or ErrorClass.Reset).Sum(e => e.Value)));
        Assert.Equal(["CN=client.test", "CN=client.test"], mutual.Clients);
        Assert.Equal(result.Targets.Sum(t => t.Figures.Messages), result.Total.Messages);
    }

    [Fact]
    public async Task WhereNoHandshakeSucceedsNothingIsRun_AndTheReasonIsTold()
    {
        await using var strange = new LyingServer(Size, tls: Options(_stranger));
        await using var plain = new LyingServer(Size);
        plain.Stall(TimeSpan.FromMinutes(1));
        var faults = await Task.WhenAll(new[] { strange, plain }.Select(server => Assert.ThrowsAsync<CannotRunException>(() => RunAsync(Scenario(server, "line") with
        {
            Targets = [new LoadTarget("127.0.0.1", server.Port, "line", new LoadTls("server.test", _client.Authority))],
            Timeout = TimeSpan.FromSeconds(1),
        }))));

        Assert.Contains($"127.0.0.1:{strange.Port}: the TLS handshake failed: The remote certificate", faults[0].Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{plain.Port}: no answer, or none that is TLS", faults[1].Message, StringComparison.Ordinal);
    }

    private static SslServerAuthenticationOptions Options(TestAuthority authority, bool isMutual = false)
    {
        var issued = authority.Issue("server.test", [TestAuthority.ServerAuth]);
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.ImportFromPem(authority.Pem);
        return new SslServerAuthenticationOptions
        {
            ServerCertificate = X509Certificate2.CreateFromPem(issued.Certificate, issued.Key),
            ClientCertificateRequired = isMutual,
            CertificateChainPolicy = isMutual ? chain : null,
        };
    }
}
