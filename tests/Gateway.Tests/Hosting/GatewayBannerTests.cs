using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.ServiceDefaults.Configuration;
using Spectre.Console;

namespace OrleansEcho.Gateway.Tests.Hosting;

/// <summary>Ready, and a line to try: only when an echo would come back.</summary>
public sealed class GatewayBannerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheLineToTryAppears_WhenAnEchoWouldComeBack()
    {
        var time = new WatchedTime();
        var quota = new FakeQuota(time);
        await using var rig = new GatewayRig(quota: quota.Limiter);
        await using var host = rig.Host(rig.Listener("127.0.0.1:0"));
        await host.StartAsync(Stop).WithinAsync("the listener to start");
        var output = new WatchedWriter();
        using var banner = Banner(host, Readiness(rig, host), output, time);

        await banner.StartedAsync(Stop);

        Assert.Equal(TimeSpan.FromMilliseconds(100), await time.NextTimerAsync());
        Assert.DoesNotContain("Try:", output.ToString(), StringComparison.Ordinal);
        quota.Answer(r => FakeQuota.Reply(r, LeaseOutcome.Unlimited));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal($"Try: {host.Listeners[0].Example}", await output.LastLine.WithinAsync("the line to try"));
        await banner.StoppingAsync(Stop);
    }

    [Fact]
    public async Task AGatewayThatStopsBefore_OffersNothing()
    {
        var time = new WatchedTime();
        await using var rig = new GatewayRig(quota: new FakeQuota(time).Limiter);
        await using var host = rig.Host(rig.Listener("127.0.0.1:0"));
        await host.StartAsync(Stop).WithinAsync("the listener to start");
        var output = new WatchedWriter();
        using var banner = Banner(host, Readiness(rig, host), output, time);
        await banner.StartedAsync(Stop);
        await time.NextTimerAsync();

        await banner.StoppingAsync(Stop).WithinAsync("the banner to stop");

        Assert.DoesNotContain("Try:", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotReady_BeforeTheQuotasFirstAnswer_WhileItLendsNothing_AndWithoutALease()
    {
        var time = new WatchedTime();
        var quota = new FakeQuota(time);
        await using var rig = new GatewayRig(quota: quota.Limiter);
        await using var host = rig.Host(rig.Listener("127.0.0.1:0"));
        await host.StartAsync(Stop).WithinAsync("the listener to start");
        var readiness = Readiness(rig, host);

        Assert.Equal("The quota has not said yet whether there is a limit.", await readiness.FindObstacleAsync(Stop));
        quota.Grant(0, QuotaDenial.Relearning);
        Assert.Equal("The quota lends nothing: Relearning.", await readiness.FindObstacleAsync(Stop));
        time.Advance(FakeQuota.Renew);
        quota.Grant(1);
        Assert.Null(await readiness.FindObstacleAsync(Stop));
        quota.Limiter.AttemptAcquire();
        time.Advance(FakeQuota.Renew);
        quota.Grant(1, QuotaDenial.LimitReached);
        Assert.Null(await readiness.FindObstacleAsync(Stop)); // a full cluster is ready
        time.Advance(FakeQuota.Lease);
        Assert.StartsWith("The quota lends nothing", await readiness.FindObstacleAsync(Stop), StringComparison.Ordinal);
    }

    private static ReadinessCheck Readiness(GatewayRig rig, ListenerHost host) =>
        new(rig.Admission, rig.Quota, rig.Backend, host, TimeProvider.System);

    private static GatewayBanner Banner(ListenerHost host, ReadinessCheck readiness, WatchedWriter output, TimeProvider time) =>
        new(host, readiness, new SettingsSources(), new NoServer(),
            AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) }), time);

    private sealed class WatchedWriter : StringWriter
    {
        private readonly TaskCompletionSource<string?> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The line that is written asynchronously: after the table.</summary>
        public Task<string?> LastLine => _line.Task;

        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            _line.TrySetResult(value);
        }
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
