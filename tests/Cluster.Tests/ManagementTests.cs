using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Every program tells over HTTP that it runs, whether it can do its work, and what it counts.</summary>
public sealed class ManagementTests : ProcessTest
{
    [Fact]
    public async Task Standalone_TellsOfItsGatewayAndItsSilo()
    {
        var service = await StartServiceAsync(Topology.Standalone);
        await IsReadyAsync(service.Front, "gateway", "silo");
        await CountsConnectionsAsync(service);
        await HasMetersOfAsync(service.Front, "orleansecho.standalone");
    }

    [Fact]
    public async Task GatewayAndSilo_TellOfThemselves()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses);
        await IsReadyAsync(service.Front, "gateway");
        await IsReadyAsync(service.Silo!, "silo");
        await CountsConnectionsAsync(service);
        await HasMetersOfAsync(service.Front, "orleansecho.gateway");
        await HasMetersOfAsync(service.Silo!, "orleansecho.silo");
        Assert.DoesNotContain("echo_gateway_", await MetricsAsync(service.Silo!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collector_GetsEverySignal_WhenTheStandardVariableNamesOne()
    {
        using var collector = new HttpListener();
        var address = $"http://127.0.0.1:{FreePorts.Next()}/";
        collector.Prefixes.Add(address);
        collector.Start();
        var standalone = Start(EchoExecutable.Standalone, EchoService.FreeListeners, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        });
        await standalone.Output.WaitForAsync("Try: "); // from then on an echo comes back
        using (var peer = await Peer.ConnectAsync(await standalone.ListenerAsync("line"))) await peer.EchoLineAsync("hello");

        var seen = new Dictionary<string, string>();
        await ReceiveAsync().WithinAsync("metrics, logs and traces at the collector");
        Assert.All(seen.Values, body => Assert.Contains("orleansecho.standalone", body, StringComparison.Ordinal));

        async Task ReceiveAsync()
        {
            while (seen.Count < 3 || !seen["/v1/metrics"].Contains("echo.gateway.messages", StringComparison.Ordinal))
            {
                var context = await collector.GetContextAsync().WaitAsync(TestContext.Current.CancellationToken);
                using var body = new StreamReader(context.Request.InputStream, System.Text.Encoding.Latin1);
                seen[context.Request.Url!.AbsolutePath] = await body.ReadToEndAsync(TestContext.Current.CancellationToken);
                context.Response.Close();
            }
        }
    }

    [Fact]
    public Task Collector_ThatAcceptsAndNeverAnswers_DelaysNoStop() => Attempts.RunAsync(async () =>
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var standalone = Start(EchoExecutable.Standalone, EchoService.FreeListeners, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{silent.LocalEndpoint}",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        });
        await standalone.ManagementAsync();
        using var export = await silent.AcceptTcpClientAsync(Cancelled).AsTask().WithinAsync("the first export");

        standalone.Send(Signal.Terminate);

        await standalone.Output.WaitForAsync("Drained.");
        Assert.Equal(0, await standalone.WaitForExitAsync(TimeSpan.FromSeconds(8))); // two for the collector; each signal's own patience would be five or ten
    });

    private static async Task IsReadyAsync(EchoProcess process, params string[] checks)
    {
        var management = await process.ManagementAsync();
        var (live, liveBody) = await EchoService.GetAsync(new Uri(management, "/health/live"));
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"Live\"}\n"), (live, liveBody));
        var readyBody = "";
        await Deadline.UntilAsync( // a gateway that has just reached a silo has not asked the quota yet
            async () => await EchoService.GetAsync(new Uri(management, "/health/ready")) is (HttpStatusCode.OK, var body) && (readyBody = body) == body,
            "/health/ready to be 200");
        Assert.Contains("\"status\":\"Ready\"", readyBody, StringComparison.Ordinal);
        Assert.All(checks, check => Assert.Contains($"\"{check}\":{{\"status\":\"Healthy\"", readyBody, StringComparison.Ordinal));
        var (index, _) = await EchoService.GetAsync(management);
        Assert.Equal(HttpStatusCode.OK, index);
    }

    private static async Task CountsConnectionsAsync(EchoService service)
    {
        using (var line = await Peer.ConnectAsync(service.Line))
        using (var unix = await Peer.ConnectAsync(service.Unix))
        {
            await line.EchoLineAsync("12345");
            await unix.EchoLineAsync("123");
            await service.MetricIsAsync(1, "echo_gateway_connections_active", "echo_listener=\"line\"", "network_transport=\"tcp\"", "network_protocol_name=\"line\"");
            await service.MetricIsAsync(1, "echo_gateway_connections_active", "echo_listener=\"unix\"", "network_transport=\"unix\"");
            await service.MetricIsAsync(2, "echo_gateway_messages_total");
            await service.MetricIsAsync(8, "echo_gateway_io_bytes_total");
            await service.MetricIsAsync(2, "echo_gateway_message_duration_seconds_count");
        }

        await service.ActiveAsync(0);
        await service.MetricIsAsync(2, "echo_gateway_connections_closed_total", "echo_close_reason=\"PeerClosed\"");

        // Probes come through the listeners, and are no connections.
        await service.MetricIsAsync(2, "echo_gateway_connections_accepted_total");
    }

    private static async Task HasMetersOfAsync(EchoProcess process, string service)
    {
        var metrics = await MetricsAsync(process);
        Assert.Contains($"service_name=\"{service}\"", metrics, StringComparison.Ordinal);
        Assert.Matches($"service_instance_id=\"{Regex.Escape(Environment.MachineName)}:pid-[0-9]+\"", metrics);
        if (service is not "orleansecho.silo") Assert.Contains($"echo_gateway_name=\"{Environment.MachineName}\"", metrics, StringComparison.Ordinal);
        Assert.Contains("\norleans_messaging_sent_", metrics, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_cpu_time_seconds_total", metrics, StringComparison.Ordinal);
    }

    private static async Task<string> MetricsAsync(EchoProcess process) =>
        (await EchoService.GetAsync(new Uri(await process.ManagementAsync(), "/metrics"))).Body;
}
