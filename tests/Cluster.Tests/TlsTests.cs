using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Certificates;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Silos and gateways prove to each other that they belong together, and nobody between them reads along.</summary>
public sealed class TlsTests : ProcessTest
{
    private const string Far = "far";

    private readonly TestAuthority _authority;
    private readonly TestAuthority _stranger;

    public TlsTests() => (_authority, _stranger) = (Keep(new TestAuthority()), Keep(new TestAuthority("stranger's authority")));

    [Fact]
    public async Task SilosAndGateways_FindEachOther_AndRefuseStrangers()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        string[] store = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}"];
        SiloNode[] silos = [NewSilo([.. store, .. Files(_authority.Silo())]), NewSilo([.. store, .. Files(_authority.Silo())])];
        foreach (var silo in silos) await silo.StartAsync();
        var gateway = Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, .. store, .. Files(_authority.Gateway())]);
        var metrics = new Uri(await gateway.ManagementAsync(), "/metrics");
        await Deadline.UntilAsync(async () => PrometheusText.Sum(
            (await EchoService.GetAsync(metrics)).Body, "echo_gateway_backend_silos") is 2, "the gateway to reach both silos");
        var line = await gateway.ListenerAsync("line");
        using (var one = await Peer.ConnectAsync(line))
        {
            await one.EchoLineAsync("hello");
            using var other = await Peer.ConnectAsync(line); // to the silo that has fewer
            await other.EchoLineAsync("hello");
        }

        foreach (var silo in silos)
        {
            Assert.NotEqual(0, await silo.MetricAsync("orleans_catalog_activation_created_total", "grain_type=\"connection\""));
        }

        await TellsOfSurroundingsAsync(metrics, silos);

        var stranger = Start(EchoExecutable.Gateway,
            [.. EchoService.FreeListeners, .. store, .. Files(_stranger.Gateway("stranger"), _authority.Pem + "\n" + _stranger.Pem)]);
        var plain = Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, .. store]);
        await stranger.Output.WaitForAsync($"{silos[0].Gateways}: it refuses the certificate that it was shown; its log says why");
        await plain.Output.WaitForAsync($"{silos[0].Gateways}: it uses TLS, and this gateway does not (Cluster:Tls)");
        foreach (var silo in silos)
        {
            await silo.Process.Output.WaitForAsync(
                ": its certificate (CN=stranger) is not signed by an authority of Cluster:Tls:Authority.");
            await silo.Process.Output.WaitForAsync(": it does not use TLS (Cluster:Tls).");
        }

        foreach (var process in (EchoProcess[])[silos[0].Process, silos[1].Process, gateway, stranger, plain]) AssertQuiet(process);
    }

    [Fact]
    public async Task CertificateIsReplaced_WhileConnectionsStay()
    {
        var (first, second) = (_authority.Silo(), _authority.Silo());
        var files = Keep(new CertificateFolder(first, _authority.Pem));
        var silo = NewSilo(files.Arguments);
        await silo.StartAsync();
        string[] ofGateway = [.. EchoService.FreeListeners, "--silos", $"{silo.Gateways}", .. Files(_authority.Gateway())];
        var gateway = Start(EchoExecutable.Gateway, ofGateway);
        await gateway.Output.WaitForAsync("Reached a silo");
        Assert.Equal(first.Fingerprint, await PresentedByAsync(silo.Gateways));
        using var peer = await Peer.ConnectAsync(await gateway.ListenerAsync("line"));
        await peer.EchoLineAsync("before");

        files.Replace(second);
        var replaced =
            silo.Process.Output.WaitForAsync("The certificate has been replaced: new connections use CN=silo, ", Deadline.Promised(2));
        while (!replaced.IsCompleted) await peer.EchoLineAsync("meanwhile");
        await replaced;
        Assert.Equal(second.Fingerprint, await PresentedByAsync(silo.Gateways));
        var later = Start(EchoExecutable.Gateway, ofGateway);
        await later.Output.WaitForAsync("Reached a silo");
        using (var next = await Peer.ConnectAsync(await later.ListenerAsync("line"))) await next.EchoLineAsync("new");
        await peer.EchoLineAsync("after");
        peer.Finish();
        Assert.Empty(await peer.ReceiveAllAsync());
        Assert.DoesNotContain(gateway.Output.Lines, l => l.Contains("is lost", StringComparison.Ordinal));
        foreach (var process in (EchoProcess[])[silo.Process, gateway, later]) AssertQuiet(process);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // or the one above would pass because nothing is ever seen
    public async Task WhoReadsAlong_SeesNoMessage_WithTls(bool isTls)
    {
        var (lab, fault) = await NetworkLab.CreateAsync([Far]);
        Assert.SkipWhen(lab is null, $"There is no network of our own: {fault}.");
        Keep(lab);
        const string message = "a message that is like no other";
        var (needle, pieces, found) = (Encoding.UTF8.GetBytes(message), 0, 0);
        var silo = new SiloNode(NodePlace.Here with { Address = lab.Outside }, Own, isTls ? Files(_authority.Silo()) : []);
        var line = Keep(new DelayProxy(lab.Outside, silo.Gateways, TimeSpan.Zero, TimeSpan.Zero, piece =>
        {
            Interlocked.Increment(ref pieces);
            if (piece.Span.IndexOf(needle) >= 0) Interlocked.Increment(ref found);
        }));
        await lab.DivertAsync(Far, silo.Gateways, line.Address);
        await silo.StartAsync();
        var gateway = new GatewayNode(lab.PlaceOf(Far), Own, [silo], isTls ? Files(_authority.Gateway()) : []);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        using (var peer = await Peer.ConnectAsync(gateway.Line)) await peer.EchoLineAsync(message);
        Assert.NotEqual(0, pieces);
        Assert.Equal(isTls, found is 0);
    }

    [Fact]
    public async Task GatewayWithTls_SaysThatItsSiloHasNone()
    {
        var silo = NewSilo();
        await silo.StartAsync();
        var gateway =
            Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, "--silos", $"{silo.Gateways}", .. Files(_authority.Gateway())]);
        await gateway.Output.WaitForAsync($"{silo.Gateways}: it hangs up on the TLS handshake, as one without TLS does (Cluster:Tls)");
        await silo.Process.Output.WaitForAsync(": it uses TLS, and this silo does not (Cluster:Tls).");
        foreach (var process in (EchoProcess[])[silo.Process, gateway]) AssertQuiet(process);
    }

    [Fact]
    public async Task StandaloneTakesIt_ForItsSilo()
    {
        var port = FreePorts.Next();
        var standalone =
            Start(EchoExecutable.Standalone, [.. EchoService.FreeListeners, $"--Silo:GatewayPort={port}", .. Files(_authority.Silo())]);
        await standalone.Output.WaitForAsync("Try: "); // from then on an echo comes back
        using (var peer = await Peer.ConnectAsync(await standalone.ListenerAsync("line"))) await peer.EchoLineAsync("hello");
        Assert.NotEmpty(await PresentedByAsync(new IPEndPoint(IPAddress.Loopback, port)));
        AssertQuiet(standalone);
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Gateway")]
    [InlineData("Standalone")]
    public async Task WrongFiles_AreAFault_OfEveryProgram(string program)
    {
        var executable = new[] { EchoExecutable.Silo, EchoExecutable.Gateway, EchoExecutable.Standalone }.Single(e => e.Name == program);
        var process = Start(executable, ["--management", "127.0.0.1:0", .. Files(_stranger.Silo(), _authority.Pem), "--Cluster:Tls:Key="]);
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Equal(
            "error: Cluster:Tls:Key: is missing, and Cluster:Tls:Certificate and Cluster:Tls:Authority are not; TLS takes a certificate, "
            + "its key and its authority.",
            process.Output.Errors[^1]);
    }

    // What is told only where there are certificates and a store.
    private static async Task TellsOfSurroundingsAsync(Uri gateway, IReadOnlyCollection<SiloNode> silos)
    {
        await Deadline.UntilAsync(
            async () => await SumOfSilosAsync("echo_quota_store_available") is 1, "the quota's grain to have its store");
        var scrape = (await EchoService.GetAsync(gateway)).Body;
        Assert.Equal(1, PrometheusText.Sum(scrape, "echo_membership_store_available"));
        Assert.NotEqual(0, PrometheusText.Sum(scrape, "echo_membership_store_duration_seconds_count"));
        Assert.True(PrometheusText.Sum(scrape, "echo_tls_certificate_remaining_seconds") > 0);
        Assert.Equal(2, scrape.Split('\n').Count(line => line.StartsWith("echo_gateway_backend_connections{", StringComparison.Ordinal)
            && line.Contains("echo_silo=\"127.0.0.1:", StringComparison.Ordinal)));
        Assert.NotEqual(0, PrometheusText.Sum(scrape, "echo_gateway_backend_heartbeat_time_seconds"));
        Assert.Equal(2, await SumOfSilosAsync("echo_membership_store_available"));
        Assert.True(await SumOfSilosAsync("echo_tls_certificate_remaining_seconds") > 0);

        async Task<double> SumOfSilosAsync(string name)
        {
            var sum = 0.0;
            foreach (var silo in silos) sum += await silo.MetricAsync(name);
            return sum;
        }
    }

    private string[] Files(TestCertificate certificate, string? authority = null) =>
        Keep(new CertificateFolder(certificate, authority ?? _authority.Pem)).Arguments;

    private SiloNode NewSilo(params string[] arguments) => new(NodePlace.Here, Own, arguments);

    // As a gateway would be shown it.
    private async Task<string> PresentedByAsync(IPEndPoint silo)
    {
        var own = _authority.Gateway();
        using var certificate = X509Certificate2.CreateFromPem(own.Certificate, own.Key);
        using var client = new TcpClient();
        await client.ConnectAsync(silo, Cancelled);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
                ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            },
            Cancelled).WithinAsync("the handshake");
        return stream.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256);
    }

    // Our own lines only, and no stack trace among them.
    private static void AssertQuiet(EchoProcess process) => Assert.DoesNotContain(
        process.Output.Lines.Where(line => !ProcessOutput.IsOfABusyMachine(line)),
        line => line.Contains(" Orleans.", StringComparison.Ordinal)
            || line.Contains("Exception", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal));
}
