using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansEcho.ServiceDefaults.Tests;

[Collection(Alone.Name)]
public sealed partial class ManagementEndpointTests : IDisposable
{
    private readonly WorkingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK, "Ready")]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK, "Ready")]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "NotReady")]
    public async Task ReadinessIsThatOfItsChecks_AndTheProgramLives(HealthStatus status, HttpStatusCode code, string word)
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"], services => services.AddHealthChecks()
            .AddCheck("gate", () => new HealthCheckResult(status, "says so"), tags: ["ready"])
            .AddCheck("untagged", () => HealthCheckResult.Unhealthy("no part of readiness")));
        using var client = await ClientAsync(run);

        var ready = await GetAsync(client, "/health/ready");
        Assert.Equal(code, ready.Code);
        Assert.Equal(
            $$$$"""{"status":"{{{{word}}}}","checks":{"gate":{"status":"{{{{status}}}}","description":"says so"}}}""" + "\n", ready.Body);
        Assert.Equal("application/json", ready.Type);

        var live = await GetAsync(client, "/health/live");
        Assert.Equal(HttpStatusCode.OK, live.Code);
        Assert.Equal("{\"status\":\"Live\"}\n", live.Body);
    }

    [Fact]
    public async Task PasswordThatAStoreRepeatsIsNotServed()
    {
        Shown.Hide("Served-password");
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"], services => services.AddHealthChecks()
            .AddCheck("gate", () => HealthCheckResult.Unhealthy("it says 'Served-password'"), tags: ["ready", ManagementOptions.LivenessTag]));
        using var client = await ClientAsync(run);
        foreach (var path in (string[])["/health/ready", "/health/live"])
        {
            var answer = await GetAsync(client, path);
            Assert.Contains("it says ", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("Served", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    public async Task NothingIsDoneHere(string method)
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"]);
        using var client = await ClientAsync(run);
        foreach (var path in (string[])["/", "/health/live", "/health/ready", "/metrics", "/nowhere"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(
                (HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (response.StatusCode, string.Join(", ", response.Content.Headers.Allow)));
        }

        using var head = await client.SendAsync(new(HttpMethod.Head, "/health/live"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("localhost:0", false)]
    [InlineData("0.0.0.0:0", true)]
    [InlineData("*:0", true)]
    public async Task ItIsSaidThatOthersMayRead(string address, bool isSaid)
    {
        await using var run = ProgramRun.Start(["--management", address]);
        await run.StartedAsync();
        Assert.Equal(isSaid, run.Log.Any(l => l.Message.StartsWith(
            $"Health and metrics can be read by everybody who reaches {address} (Management:Address)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task LivenessFails_WhenOnlyARestartHelps()
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"], services => services.AddHealthChecks()
            .AddCheck("loop", () => HealthCheckResult.Unhealthy("It has ended."), tags: [ManagementOptions.LivenessTag]));
        using var client = await ClientAsync(run);
        var live = await GetAsync(client, "/health/live");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.Code);
        Assert.Equal("""{"status":"Dead","reasons":["It has ended."]}""" + "\n", live.Body);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "/health/ready")).Code);
    }

    [Fact]
    public async Task IdleConnectionsMakeRoom()
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"]);
        var address = await run.StartedAsync();
        var idle = new List<System.Net.Sockets.TcpClient>();
        for (var i = 0; i < 2 * Telemetry.ManagementEndpoint.MaxConnections; i++)
        {
            var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            idle.Add(client);
        }

        using var prober = new HttpClient { BaseAddress = address, Timeout = Deadline.Generous };
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(prober, "/health/live")).Code);
        Assert.Equal(0, await Record(idle[0])); // closed, or reset
        Assert.Contains(run.Log, l => l.Message.StartsWith(
            "There are 64 connections at once to the management endpoint (Management:Address): ", StringComparison.Ordinal));
        idle.ForEach(client => client.Dispose());

        static async Task<int> Record(System.Net.Sockets.TcpClient client)
        {
            try
            {
                return await client.GetStream()
                    .ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WithinAsync("the connection's end");
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    [Fact]
    public async Task IndexListsWhatIsServed()
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"]);
        using var client = await ClientAsync(run);
        var index = await GetAsync(client, "/");
        foreach (var path in index.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]))
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, path)).Code);
        }

        Assert.Equal(["/health/live", "/health/ready", "/metrics"],
            index.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public async Task MetricsHaveOurMetersInOurBuckets()
    {
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"]);
        using var client = await ClientAsync(run);
        using var meter = new Meter("OrleansEcho.Test");
        meter.CreateCounter<long>("test.things", "{thing}").Add(3);
        var duration = meter.CreateHistogram<double>("test.duration", "s");
        foreach (var seconds in (double[])[0.000_04, 0.000_2, 0.3, 40]) duration.Record(seconds);

        var metrics = (await GetAsync(client, "/metrics")).Body;
        Assert.Matches(@"(?m)^test_things_total\{[^}]*\} 3( |$)", metrics);
        var buckets = Bucket().Matches(metrics).ToDictionary(
            m => m.Groups[1].Value is "+Inf" ? double.PositiveInfinity : double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture),
            m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.Equal([0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
            double.PositiveInfinity], buckets.Keys);
        Assert.Equal((1, 1, 2, 2, 3, 3, 4), (buckets[0.000_05], buckets[0.000_1], buckets[0.000_25], buckets[0.25], buckets[0.5],
            buckets[30], buckets[double.PositiveInfinity]));
    }

    [Fact]
    public async Task MetricsTellOfTheProcess()
    {
        var status = HealthStatus.Healthy;
        await using var run = ProgramRun.Start(["--management", "127.0.0.1:0"], services => services
            .Configure<HealthCheckPublisherOptions>(publisher => publisher.Period = TimeSpan.FromSeconds(1))
            .AddHealthChecks().AddCheck("gate", () => new HealthCheckResult(status), tags: ["ready"]));
        using var client = await ClientAsync(run);

        await UntilAsync("echo_process_ready", 1);
        var open = await ReadAsync("echo_process_descriptors_open");
        Assert.InRange(open ?? 0, 10, await ReadAsync("echo_process_descriptors_limit") ?? 0);
        status = HealthStatus.Unhealthy;
        await UntilAsync("echo_process_ready", 0);

        async Task<long?> ReadAsync(string name) =>
            Regex.Match((await GetAsync(client, "/metrics")).Body, $@"(?m)^{name}\{{[^}}]*\}} (\d+)") is { Success: true } match
                ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

        async Task UntilAsync(string name, long value)
        {
            var start = TimeProvider.System.GetTimestamp();
            while (await ReadAsync(name) != value)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline.Generous, $"{name} did not become {value}.");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    [Theory]
    [InlineData("*:0")]
    [InlineData("localhost:0")]
    [InlineData("[::1]:0")]
    [InlineData("0.0.0.0:0")]
    public async Task ListensThere_WhenTheAddressIsWrittenAsListenersAre(string address)
    {
        Assert.SkipWhen(address is "[::1]:0" && !System.Net.Sockets.Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var run = ProgramRun.Start(["--management", address]);
        using var client = await ClientAsync(run);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "/health/live")).Code);
    }

    [Theory]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("::1:9400")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("example.org:9400")]
    [InlineData("http://127.0.0.1:9400")]
    [InlineData("9400")]
    [InlineData("")]
    public async Task AddressIsRefused_WhenItIsNotAnAddressAndAPort(string address)
    {
        await using var run = ProgramRun.Start([$"--Management:Address={address}"]);
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.StartsWith($"error: Management:Address: '{address}' is no address to listen on: ", Assert.Single(run.ErrorLines.Skip(1)),
            StringComparison.Ordinal);
    }

    private static async Task<HttpClient> ClientAsync(ProgramRun run) =>
        new() { BaseAddress = await run.StartedAsync(), Timeout = Deadline.Generous };

    private static async Task<(HttpStatusCode Code, string Body, string? Type)> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(response.Headers.CacheControl is { NoStore: true }, $"{path} may be cached.");
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Content.Headers.ContentType?.MediaType);
    }

    [GeneratedRegex("""^test_duration_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Bucket();
}
