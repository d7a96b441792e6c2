using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry: metrics to be scraped always, everything over OTLP where the standard variable names a collector.</summary>
internal static class TelemetrySetup
{
    // What has not been sent when a program ends is the last seconds' of it. A collector that is there takes it in milliseconds; for one that accepts and does not answer each signal would be waited for
    // in turn, and longer than supervisors wait before they kill.
    private static readonly TimeSpan LastExport = TimeSpan.FromSeconds(2);

    private const string OrleansMeter = "Microsoft.Orleans";

    // OpenTelemetry sets room aside for 2,000 combinations of attributes, 144 KB an instrument. A gateway has an Orleans client with some thirty
    // instruments for each silo, and makes another when the silo comes back; the most that one of them uses is a few for each kind of grain.
    private const int OrleansCardinality = 100;

    // From 50 µs, what one hop on one machine takes, to the 30 s of a connection's patience, in steps of 2 to 2.5.
    private static readonly double[] DurationBuckets = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    public static void Add(WebApplicationBuilder builder, ProgramDescription program, string version)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Configuration, program, version))
            .WithMetrics(metrics => metrics
                .AddMeter("OrleansEcho.*", OrleansMeter, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
                .AddView(Stream)
                .AddPrometheusExporter());
        builder.Services.AddSingleton<IHealthCheckPublisher, ProcessMetrics>();
        builder.Services.Configure<HealthCheckPublisherOptions>(publisher =>
        {
            publisher.Delay = TimeSpan.FromSeconds(1); // a start is not over at once
            publisher.Period = ProcessMetrics.Interval;
            publisher.Predicate = check => check.Tags.Contains("ready");
        });
        if (!OtelVariables.NamesACollector(builder.Configuration)) return;
        telemetry
            .WithTracing(tracing => tracing.AddSource("Microsoft.Orleans.*").AddProcessor<MaskedActivities>())
            .WithLogging(logs => logs.AddProcessor<MaskedLogs>(), logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter(); // after all processors, wherever it stands
    }

    // The instance's id is the same after a restart, and says which process it is. What the standard's variables say (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and wins.
    private static void Describe(ResourceBuilder resource, ConfigurationManager configuration, ProgramDescription program, string version)
    {
        var own = program.InstanceName is { } option && configuration[option.Key] is { Length: > 0 } configured ? configured : Environment.MachineName;
        var management = configuration.GetSection(ManagementOptions.Section).Get<ManagementOptions>() ?? new();
        var process = PortAddress.TryParse(management.Address, out var endPoint, out _) && endPoint.Port is not 0 ? $"{endPoint.Port}" : $"pid-{Environment.ProcessId}"; // several on one machine differ in it
        resource.AddService(program.Name.ToLowerInvariant(), serviceVersion: version, autoGenerateServiceInstanceId: false, serviceInstanceId: $"{own}:{process}");
        if (program.InstanceName is { } name) resource.AddAttributes([new(name.Attribute, own)]);
        resource.AddEnvironmentVariableDetector();
    }

    /// <summary>Sends what has not been sent, as far as that is possible in a short time, and lets go of the rest. When all else has stopped.</summary>
    public static async Task EndAsync(IServiceProvider services)
    {
        var timeout = (int)LastExport.TotalMilliseconds;
        Task ends = Task.WhenAll(
            Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(timeout)),
            Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(timeout)),
            Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(timeout)));
        await ends.WaitAsync(LastExport).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whatever is wrong with telemetry, the program has done its work
    }

    private static MetricStreamConfiguration? Stream(Instrument instrument) => instrument switch
    {
        { Meter.Name: OrleansMeter } => new MetricStreamConfiguration { CardinalityLimit = OrleansCardinality },
        Histogram<double> { Unit: "s" } when instrument.Meter.Name.StartsWith("OrleansEcho.", StringComparison.Ordinal) => new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets },
        _ => null,
    };
}
