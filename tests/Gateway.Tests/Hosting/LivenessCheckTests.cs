using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansEcho.Gateway.Adapters;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Hosting;

public sealed class LivenessCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AListenerThatWillAcceptNobodyAnyMoreIsFatal()
    {
        await using var rig = new GatewayRig();
        var listener = new FailingListener();
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop);
        var check = new LivenessCheck(host);
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new(), Stop)).Status);

        listener.Failure = "Listener test accepts nobody any more.";

        var result = await check.CheckHealthAsync(new(), Stop);
        Assert.Equal((HealthStatus.Unhealthy, listener.Failure), (result.Status, result.Description));
    }

    private sealed class FailingListener : IListener
    {
        public string Name => "test";

        public string Protocol => "line";

        public string Address => "127.0.0.1:7000";

        public int MaxMessageBytes => 1;

        public string? Example => null;

        public string? Failure { get; set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken abort) => Task.CompletedTask;

        public Task ProbeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => default;
    }
}
