using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.ServiceDefaults.Tests.Tls;

/// <summary>The two ends of a connection, with pipes instead of sockets between them.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private static readonly IPEndPoint Gateway = new(IPAddress.Parse("10.0.0.9"), 40_000);
    private static readonly IPEndPoint Silo = new(IPAddress.Parse("10.0.0.1"), 30_000);

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<TlsEnd> _ends = [];
    private readonly ConnectionContext _near;
    private readonly ConnectionContext _far;

    public ClusterTlsTests()
    {
        var (there, back) = (new Pipe(), new Pipe());
        _near = new DefaultConnectionContext(
            "near", new DuplexEnds(back.Reader, there.Writer), new DuplexEnds(there.Reader, back.Writer))
        { RemoteEndPoint = Silo };
        _far = new DefaultConnectionContext(
            "far", new DuplexEnds(there.Reader, back.Writer), new DuplexEnds(back.Reader, there.Writer))
        { RemoteEndPoint = Gateway };
    }

    public void Dispose()
    {
        foreach (var end in _ends) end.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BytesGetThrough_AndNothingIsSaid_WhenBothEndsAreAlike(bool isTls)
    {
        var silo = End(CertificateRole.Silo, isTls ? _authority.Silo() : null);
        var gateway = End(CertificateRole.Gateway, isTls ? _authority.Gateway() : null);
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        await TalkAsync(gateway).WithinAsync("the echo");
        await far.WithinAsync("the silo's end");
        Assert.Empty(silo.Lines.Concat(gateway.Lines));
    }

    [Fact]
    public async Task SilosConnectToEachOther()
    {
        var (silo, other) = (End(CertificateRole.Silo, _authority.Silo()), End(CertificateRole.Silo, _authority.Silo()));
        var far = AcceptAsync(silo.Tls.AcceptSilos);
        await TalkAsync(other).WithinAsync("the echo");
        await far.WithinAsync("the silo's end");
    }

    [Fact]
    public async Task GatewayOfAnotherAuthority_IsRefused()
    {
        var silo = End(CertificateRole.Silo, _authority.Silo());
        var gateway = End(CertificateRole.Gateway, _stranger.Gateway(), _authority.Pem + "\n" + _stranger.Pem);
        await RefusedAsync(silo, gateway, "it refuses the certificate that it was shown; its log says why");
        Assert.Equal(
            "Refused a connection from 10.0.0.9:40000: its certificate (CN=gateway) is not signed by an authority of "
            + "Cluster:Tls:Authority.", Assert.Single(silo.Lines));
    }

    [Fact]
    public async Task SiloOfAnotherAuthority_IsNotConnectedTo()
    {
        var silo = End(CertificateRole.Silo, _stranger.Silo(), _authority.Pem + "\n" + _stranger.Pem);
        await RefusedAsync(silo, End(CertificateRole.Gateway, _authority.Gateway()),
            "its certificate (CN=silo) is not signed by an authority of Cluster:Tls:Authority");
    }

    [Fact]
    public async Task GatewaysCertificate_DoesNotOpenThePortOfSilos()
    {
        var (silo, gateway) = (End(CertificateRole.Silo, _authority.Silo()), End(CertificateRole.Gateway, _authority.Gateway()));
        await RefusedAsync(silo, gateway, "it refuses the certificate that it was shown; its log says why", silo.Tls.AcceptSilos);
        Assert.Equal(
            "Refused a connection from 10.0.0.9:40000: its certificate (CN=gateway) is not a silo's: its extended key usage lacks "
            + "serverAuth.", Assert.Single(silo.Lines));
    }

    [Fact]
    public async Task GatewayWithoutTls_IsRefused_AndToldSoInItsTerms()
    {
        var (silo, gateway) = (End(CertificateRole.Silo, _authority.Silo()), End(CertificateRole.Gateway, null));
        var answer = Array.Empty<byte>();
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        await TlsEnd.RunAsync(_near, gateway.Tls.ConnectToSilos, async connection =>
        {
            // The length of a greeting, and its beginning.
            await connection.Transport.Output.WriteAsync(new byte[] { 96, 0, 0, 0, 1, 2, 3 }, Cancelled);
            var read = await connection.Transport.Input.ReadAtLeastAsync(4, Cancelled);
            answer = read.Buffer.ToArray();
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }).WithinAsync("the gateway's end");
        await far.WithinAsync("the silo's end");
        Assert.True(BitConverter.ToInt32(answer) > 1024, "Orleans would take it for a length that may be.");
        Assert.Equal("Refused a connection from 10.0.0.9:40000: it does not use TLS (Cluster:Tls).", Assert.Single(silo.Lines));
    }

    [Fact]
    public async Task GatewayWithTls_IsRefused_WhereThereIsNone()
    {
        var (silo, gateway) = (End(CertificateRole.Silo, null), End(CertificateRole.Gateway, _authority.Gateway()));
        await RefusedAsync(silo, gateway, "it hangs up on the TLS handshake, as one without TLS does (Cluster:Tls)");
        Assert.Equal(
            "Refused a connection from 10.0.0.9:40000: it uses TLS, and this silo does not (Cluster:Tls).", Assert.Single(silo.Lines));
    }

    [Fact]
    public async Task NoCertificate_IsRefused() => await StrangerAsync(null, "it presents no certificate");

    [Fact]
    public async Task CertificateThatHasExpired_IsRefused()
    {
        var expired = _authority.Issue("old\u0007gateway", [TestAuthority.ClientAuth], TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));
        await StrangerAsync(expired, "its certificate (CN=old\\u0007gateway) expired on ");
    }

    [Theory]
    [InlineData("", "it does not begin the TLS handshake")]
    [InlineData("22 3 1 1 0 1", "it does not finish the TLS handshake")]
    [InlineData("22 3 1 0 5 9 9 9 9 9", "the TLS handshake failed: ")]
    public async Task StrangeBytes_AreRefused_InTime(string bytes, string expected)
    {
        var silo = End(CertificateRole.Silo, _authority.Silo());
        await SendAsync(bytes);
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        _time.Advance(TimeSpan.FromSeconds(5));
        await far.WithinAsync("the silo to give up");
        Assert.StartsWith($"Refused a connection from 10.0.0.9:40000: {expected}", Assert.Single(silo.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it says nothing that a silo or a gateway would, for 5 s")]
    [InlineData("96 0 0 0 1 2 3", "it says nothing that a silo or a gateway would, for 5 s")] // a greeting that does not get complete
    [InlineData("71 69 84 32 47 32", "it speaks HTTP, which is spoken on Management:Address; this port is for silos and gateways")]
    [InlineData(
        "104 101 108 108 111 10", "it does not speak as silos and gateways do; peers connect to a gateway's listeners (Gateway:Listeners)")]
    [InlineData(
        "0 0 0 5 1 2 3 4 5", "it does not speak as silos and gateways do; peers connect to a gateway's listeners (Gateway:Listeners)")]
    public async Task StrangersToASiloWithoutTls_AreClosedInTime_AndExplainedOnce(string bytes, string expected)
    {
        var silo = End(CertificateRole.Silo, null);
        await SendAsync(bytes);
        var far = AcceptAsync(silo.Tls.AcceptSilos);
        _time.Advance(TimeSpan.FromSeconds(5));
        await far.WithinAsync("the silo to give up");
        Assert.Equal($"Refused a connection from 10.0.0.9:40000: {expected}.", Assert.Single(silo.Lines));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OldestStranger_MakesRoom_AndAGatewayGetsIn(bool isTls)
    {
        var silo = End(CertificateRole.Silo, isTls ? _authority.Silo() : null);
        var gateway = End(CertificateRole.Gateway, isTls ? _authority.Gateway() : null);
        var strangers = Enumerable.Range(0, ClusterTls.MaxHandshakes).Select(_ => new SilentConnection()).ToList();
        var accepting = strangers.Select(s => TlsEnd.RunAsync(s, silo.Tls.AcceptGateways, _ => Task.CompletedTask)).ToList();
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        await TalkAsync(gateway).WithinAsync("the echo");
        await far.WithinAsync("the silo's end");
        await accepting[0].WithinAsync("the end of the oldest");
        Assert.Equal(strangers.Count - 1, accepting.Count(a => !a.IsCompleted));
        Assert.Equal(
            $"There are {ClusterTls.MaxHandshakes} connections at once to this silo's ports that have not said who they are: for each new "
            + "one the oldest is closed. Find out who opens them, or close the port to strangers.",
            Assert.Single(silo.Lines));
        strangers.ForEach(s => s.Abort(new ConnectionAbortedException()));
        await Task.WhenAll(accepting).WithinAsync("the end of the others");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LookWhetherASiloIsThere_IsNoNews(bool isTls)
    {
        var silo = End(CertificateRole.Silo, isTls ? _authority.Silo() : null);
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        await _near.Transport.Output.CompleteAsync();
        await far.WithinAsync("the silo's end");
        Assert.Empty(silo.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ConnectionThatThisEndCloses_IsNoNews(bool hasBegun)
    {
        var silo = End(CertificateRole.Silo, _authority.Silo());
        if (hasBegun) await SendAsync("22 3 1 1 0 1");
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        _far.Transport.Input.CancelPendingRead();
        await far.WithinAsync("the silo's end");
        Assert.Empty(silo.Lines);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private TlsEnd End(CertificateRole role, TestCertificate? certificate, string? authority = null)
    {
        var end = new TlsEnd(_time, role, certificate, authority ?? _authority.Pem);
        _ends.Add(end);
        return end;
    }

    private async Task SendAsync(string bytes)
    {
        var numbers = bytes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse).ToArray();
        await _near.Transport.Output.WriteAsync(numbers, Cancelled);
    }

    private Task AcceptAsync(Action<IConnectionBuilder> accept) => TlsEnd.RunAsync(_far, accept, static async connection =>
    {
        while (await connection.Transport.Input.ReadAsync(Cancelled) is { IsCompleted: false } read)
        {
            foreach (var piece in read.Buffer) await connection.Transport.Output.WriteAsync(piece, Cancelled);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    });

    private Task TalkAsync(TlsEnd gateway, Action<TlsFaultException>? failed = null) =>
        TlsEnd.RunAsync(_near, connections => gateway.Tls.ConnectToSilos(connections, failed ?? (_ => { })), static async connection =>
    {
        var message = new byte[100_000]; // more than a record of TLS
        Random.Shared.NextBytes(message);
        BinaryPrimitives.WriteInt32LittleEndian(message, 96); // it begins with the length of a greeting
        var echo = connection.Transport.Input.ReadAtLeastAsync(message.Length, Cancelled);
        await connection.Transport.Output.WriteAsync(message, Cancelled);
        var read = await echo;
        Assert.Equal(message, read.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
    });

    private async Task RefusedAsync(TlsEnd silo, TlsEnd gateway, string why, Action<IConnectionBuilder>? accept = null)
    {
        TlsFaultException? told = null;
        var far = AcceptAsync(accept ?? silo.Tls.AcceptGateways);
        var fault =
            await Assert.ThrowsAsync<TlsFaultException>(() => TalkAsync(gateway, t => told = t).WithinAsync("the gateway to give up"));
        await far.WithinAsync("the silo to give up");
        Assert.Equal(why, fault.Message);
        Assert.Same(fault, told);
        Assert.Equal($"No connection to silo 10.0.0.1:30000: {why}.", Assert.Single(gateway.Lines));
    }

    private async Task StrangerAsync(TestCertificate? certificate, string expected)
    {
        var silo = End(CertificateRole.Silo, _authority.Silo());
        var far = AcceptAsync(silo.Tls.AcceptGateways);
        await using (var stranger = new SslStream(new DuplexPipeStream(_near.Transport)))
        {
            using var pair = certificate is null ? null : X509Certificate2.CreateFromPem(certificate.Certificate, certificate.Key);
            try
            {
                await stranger.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "",
                        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
                        ClientCertificateContext = pair is null ? null : SslStreamCertificateContext.Create(pair, null, offline: true),
                    },
                    Cancelled).WithinAsync("the handshake");
                Assert.Equal(0, await stranger.ReadAsync(new byte[1], Cancelled).AsTask().WithinAsync("the silo to hang up"));
            }
            catch (Exception fault) when (fault is IOException or AuthenticationException)
            {
                // The silo has hung up.
            }
        }

        await far.WithinAsync("the silo to give up");
        Assert.StartsWith($"Refused a connection from 10.0.0.9:40000: {expected}", Assert.Single(silo.Lines), StringComparison.Ordinal);
    }

    /// <summary>One whose other end says nothing.</summary>
    private sealed class SilentConnection : DefaultConnectionContext
    {
        private readonly Pipe _silence = new();

        public SilentConnection()
            : base("silent") => Transport = new DuplexEnds(_silence.Reader, new Pipe().Writer);

        public override void Abort(ConnectionAbortedException abortReason) => _silence.Writer.Complete(abortReason);
    }

    private sealed record DuplexEnds(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
