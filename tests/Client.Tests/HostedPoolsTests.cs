using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansEcho.Client.Diagnostics;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests;

/// <summary>Several pools in one host, and what its health checks say of them.</summary>
public sealed class HostedPoolsTests : IAsyncDisposable
{
    private readonly EchoServer _server = new(Framings.LengthPrefixed);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task KeyedPoolsHaveTheirOwnOptions_AndTheirNamesInMetrics()
    {
        await using var provider = new ServiceCollection().AddMetrics()
            .AddEchoClientPool(options => options.Gateways.Add(_server.Address)).Services
            .AddKeyedEchoClientPool("orders", options => options.Gateways.Add(_server.Address)).Services
            .AddKeyedEchoClientPool("invoices", options => (options.Name, options.MaximumSize) = ("bills", 1)).Configure(options => options.Gateways.Add(_server.Address)).Services
            .BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var seen = new List<(string, int)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name is "echo.client.connections.idle") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => seen.Add(((string)tags[0].Value!, value)));
        listener.Start();
        var pools = new[] { provider.GetRequiredService<EchoClientPool>(), provider.GetRequiredKeyedService<EchoClientPool>("orders"), provider.GetRequiredKeyedService<EchoClientPool>("invoices") };
        Assert.Same(pools[1], provider.GetRequiredKeyedService<EchoClientPool>("orders"));
        Assert.Equal(3, pools.Distinct().Count());
        (await pools[1].SendAsync("hello"u8.ToArray(), Stop)).Dispose();
        listener.RecordObservableInstruments();
        Assert.Equal([("bills", 0), ("default", 0), ("orders", 1)], seen.Order());
    }

    [Fact]
    public void FaultNamesItsPool_WhenTheHostStarts()
    {
        using var provider = new ServiceCollection().AddKeyedEchoClientPool("orders").Services.BuildServiceProvider();
        var fault = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Equal(["Pool 'orders': Gateways: there is none; name one at least, as in 127.0.0.1:7001."], fault.Failures);
    }

    [Fact]
    public async Task HealthChecksTellPoolsApart()
    {
        string nobody;
        await using (var gone = new EchoServer(Framings.LengthPrefixed)) nobody = gone.Address;
        var services = new ServiceCollection().AddLogging();
        services.AddEchoClientPool(options => options.Gateways.Add(_server.Address));
        services.AddKeyedEchoClientPool("half", options =>
        {
            options.Gateways.Add(nobody);
            options.Gateways.Add(_server.Address);
        });
        services.AddKeyedEchoClientPool("down", options => options.Gateways.Add(nobody));
        services.AddHealthChecks()
            .AddCheck<EchoClientPoolHealthCheck>("as a type")
            .Add(EchoClientPoolHealthCheck.Registration())
            .Add(EchoClientPoolHealthCheck.Registration("half", "half", tags: ["ready"]))
            .Add(EchoClientPoolHealthCheck.Registration("down", "down"));
        await using var provider = services.BuildServiceProvider();
        foreach (var key in new[] { null, "half" }) (await provider.GetRequiredKeyedService<EchoClientPool>(key).SendAsync("hello"u8.ToArray(), Stop)).Dispose();
        await Assert.ThrowsAnyAsync<IOException>(async () => await provider.GetRequiredKeyedService<EchoClientPool>("down").SendAsync("hello"u8.ToArray(), Stop));
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop);
        Assert.Equal(
            [("as a type", HealthStatus.Healthy), ("down", HealthStatus.Unhealthy), ("echo", HealthStatus.Healthy), ("half", HealthStatus.Degraded)],
            report.Entries.Select(entry => (entry.Key, entry.Value.Status)).Order());
        Assert.StartsWith($"No gateway can be used. {nobody}: No connection to {nobody}: ", report.Entries["down"].Description, StringComparison.Ordinal);
        Assert.StartsWith($"1 of 2 gateways cannot be connected to. {nobody}: ", report.Entries["half"].Description, StringComparison.Ordinal);
        await provider.GetRequiredService<EchoClientPool>().DisposeAsync();
        report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name is "echo", Stop);
        Assert.Equal((HealthStatus.Unhealthy, "The pool was disposed of."), (report.Status, report.Entries["echo"].Description));
    }
}
