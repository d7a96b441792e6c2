using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>How long the certificate in use is valid yet, on the meter <c>OrleansEcho.Tls</c>. Described in docs/operations.md.</summary>
internal sealed class CertificateMetrics(IMeterFactory meters, CertificateWatch watch, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create("OrleansEcho.Tls").CreateObservableGauge<double>(
            "echo.tls.certificate.remaining",
            () => watch.Current is { } identity ? [new((identity.Certificate.NotAfter - time.GetUtcNow()).TotalSeconds)] : [],
            "s",
            "How long the certificate in use is valid yet, negative when it has expired; absent without Cluster:Tls.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
