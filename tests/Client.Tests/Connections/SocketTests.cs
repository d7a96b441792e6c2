using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.Client.Tests.Connections;

/// <summary>The client on real sockets, with TLS and without.</summary>
public sealed class SocketTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task ManyCallersGetTheirOwnEchoes(string framing)
    {
        Assert.True(Framings.TryGet(framing, out var codec));
        await using var server = new EchoServer(codec);
        await using var client = await EchoClient.ConnectAsync(server.Address, new EchoConnectionOptions { Framing = framing }, cancellationToken: Stop);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async caller =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 200; i++)
            {
                var message = new byte[random.Next(0, i % 50 is 0 ? 65_536 : 200)];
                random.NextBytes(message);
                message.AsSpan().Replace((byte)'\n', (byte)'n');
                using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Stop);
                var request = client.SendAsync(message, cancellation.Token);
                if (random.Next(10) is 0) await cancellation.CancelAsync();
                try
                {
                    using var reply = await request;
                    Assert.Equal(message, reply.Memory.ToArray());
                }
                catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
                {
                    // As it was asked for.
                }
            }
        })).WithinAsync("all echoes");
        Assert.True(client.IsOpen);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task MessageLongerThanTheServersLimit_IsTooLong(string framing)
    {
        Assert.True(Framings.TryGet(framing, out var codec));
        await using var server = new EchoServer(codec, maxMessageBytes: 10);
        await using var client = await EchoClient.ConnectAsync(server.Address, new EchoConnectionOptions { Framing = framing }, cancellationToken: Stop);
        (await client.SendAsync("0123456789"u8.ToArray(), Stop)).Dispose();
        var fault = await Assert.ThrowsAsync<EchoClosedException>(() => client.SendAsync("0123456789X"u8.ToArray(), Stop).AsTask().WithinAsync("the refusal"));
        Assert.Equal((EchoReason.FrameTooLong, "a message has at most 10 bytes here"), (fault.Reason, fault.Text));
    }

    [Fact]
    public async Task NobodyListens()
    {
        string address;
        await using (var server = new EchoServer(Framings.Line)) address = server.Address;
        var fault = await Assert.ThrowsAsync<EchoConnectException>(() => EchoClient.ConnectAsync(address, cancellationToken: Stop));
        Assert.StartsWith($"No connection to {address}: ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task BothEndsProveWhoTheyAre_WithTls()
    {
        using var authority = new TestAuthority();
        using var files = new CertificateFolder(authority.Issue("the-client", [TestAuthority.ClientAuth]), authority.Pem);
        await using var server = new EchoServer(Framings.LengthPrefixed, tls: ServerOptions(authority.Issue("echo.example", [TestAuthority.ServerAuth]), wantsCertificate: true));
        var tls = new EchoTlsOptions { TargetHost = "echo.example", AuthorityFile = files.Authority, CertificateFile = files.Certificate, KeyFile = files.Key };
        await using var client = await EchoClient.ConnectAsync(server.Address, new EchoConnectionOptions { Tls = tls }, cancellationToken: Stop);
        using var reply = await client.SendAsync("hello"u8.ToArray(), Stop).AsTask().WithinAsync("the echo");
        Assert.Equal("hello"u8.ToArray(), reply.Memory.ToArray());
        Assert.Equal("CN=the-client", server.ClientCertificate);
    }

    [Theory]
    [InlineData("other.example", true)]
    [InlineData("echo.example", false)]
    public async Task ServerIsNotTrusted_WhenItsNameOrItsAuthorityIsAnother(string name, bool hasAuthority)
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        using var files = new CertificateFolder(authority.Silo(), hasAuthority ? authority.Pem : other.Pem);
        await using var server = new EchoServer(Framings.LengthPrefixed, tls: ServerOptions(authority.Issue("echo.example", [TestAuthority.ServerAuth]), wantsCertificate: false));
        var tls = new EchoTlsOptions { TargetHost = name, AuthorityFile = files.Authority };
        await Assert.ThrowsAsync<EchoConnectException>(() => EchoClient.ConnectAsync(server.Address, new EchoConnectionOptions { Tls = tls }, cancellationToken: Stop).WithinAsync("the handshake"));
    }

    private static SslServerAuthenticationOptions ServerOptions(TestCertificate certificate, bool wantsCertificate) => new()
    {
        ServerCertificate = X509Certificate2.CreateFromPem(certificate.Certificate, certificate.Key),
        ClientCertificateRequired = wantsCertificate,
        RemoteCertificateValidationCallback = (_, given, _, _) => !wantsCertificate || given is not null,
    };
}
