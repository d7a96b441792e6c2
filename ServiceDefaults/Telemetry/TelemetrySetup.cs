using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry: metrics to be scraped always, everything over OTLP where the standard variable names a collector.</summary>
internal static class TelemetrySetup
{
    private const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string OrleansMeter = "Microsoft.Orleans";

    // OpenTelemetry sets room aside for 2,000 combinations of attributes, 144 KB an instrument. A gateway has an Orleans client with some thirty
    // instruments for each silo, and makes another when the silo comes back; the most that one of them uses is a few for each kind of grain.
    private const int OrleansCardinality = 100;

    // From 50 µs, what one hop on one machine takes, to the 30 s of a connection's patience, in steps of 2 to 2.5.
    private static readonly double[] DurationBuckets = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    public static void Add(WebApplicationBuilder builder, ProgramDescription program, string version)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(program.Name.ToLowerInvariant(), serviceVersion: version))
            .WithMetrics(metrics => metrics
                .AddMeter("OrleansEcho.*", OrleansMeter, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
                .AddView(Stream)
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration[OtlpVariable])) return;
        telemetry.WithTracing(tracing => tracing.AddSource("Microsoft.Orleans.*")).WithLogging(null, logs => logs.IncludeFormattedMessage = true).UseOtlpExporter();
    }

    private static MetricStreamConfiguration? Stream(Instrument instrument) => instrument switch
    {
        { Meter.Name: OrleansMeter } => new MetricStreamConfiguration { CardinalityLimit = OrleansCardinality },
        Histogram<double> { Unit: "s" } when instrument.Meter.Name.StartsWith("OrleansEcho.", StringComparison.Ordinal) => new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets },
        _ => null,
    };
}
