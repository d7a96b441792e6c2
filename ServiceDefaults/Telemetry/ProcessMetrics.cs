using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>What every program tells of its process, on the meter <c>OrleansEcho.Process</c>. Described in docs/operations.md.</summary>
internal sealed class ProcessMetrics : IHealthCheckPublisher
{
    /// <summary>How often readiness is looked at, whoever else asks: as often as Prometheus scrapes here, and next to nothing for a gateway that connects to itself.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const string Descriptors = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    private volatile bool _isReady;

    public ProcessMetrics(IMeterFactory meters, IHostApplicationLifetime application)
    {
        var meter = meters.Create("OrleansEcho.Process");
        meter.CreateObservableUpDownCounter("echo.process.ready", () => _isReady && !application.ApplicationStopping.IsCancellationRequested ? 1 : 0, "{process}", "1 while the process is ready, as /health/ready has it; looked at every five seconds.");
        meter.CreateObservableUpDownCounter("echo.process.descriptors.open", CountDescriptors, "{descriptor}", "Files and sockets that the process has open; absent where there is no /proc.");
        meter.CreateObservableUpDownCounter("echo.process.descriptors.limit", ReadLimit, "{descriptor}", "How many it may have open (ulimit -n).");
    }

    /// <inheritdoc/>
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _isReady = report.Status is not HealthStatus.Unhealthy;
        return Task.CompletedTask;
    }

    private static IEnumerable<Measurement<long>> CountDescriptors() => Directory.Exists(Descriptors) ? [new(Directory.EnumerateFileSystemEntries(Descriptors).LongCount())] : [];

    // The limit may be changed while the process runs (prlimit).
    private static IEnumerable<Measurement<long>> ReadLimit()
    {
        if (!File.Exists(Limits)) return [];
        var soft = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3);
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? [new(limit)] : []; // "unlimited" is no number
    }
}
