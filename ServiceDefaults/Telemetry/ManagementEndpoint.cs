using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>Health checks and metrics over HTTP.</summary>
internal static class ManagementEndpoint
{
    /// <summary>
    /// How many connections it holds: probes and scrapers have a few, and take milliseconds. A flood here must not take the descriptors of
    /// those whom the process is for.
    /// </summary>
    public const int MaxConnections = 64;

    private const string Index = "/health/live   the process runs\n/health/ready  it can do its work\n/metrics       Prometheus\n";

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ManagementOptions>().BindConfiguration(ManagementOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ManagementOptions>, Validator>();
        builder.Services.AddSingleton<IEndpointClaims, EndpointClaims>();
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new PacedSocketTransport( // Kestrel asks the last one first
            new SocketTransportOptions(), DescriptorReserve.OfInfrastructure, TimeProvider.System, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IConfiguration, ILoggerFactory>((kestrel, configuration, loggers) =>
        {
            const string what = "to the management endpoint (Management:Address)";
            var room = new ConnectionRoom(MaxConnections, what, TimeProvider.System, loggers.CreateLogger<ConnectionRoom>());
            // Not the checked options: this runs while the host is built, before all faults are listed, and would throw at the first.
            var management = configuration.GetSection(ManagementOptions.Section).Get<ManagementOptions>() ?? new ManagementOptions();
            kestrel.AddServerHeader = false;
            if (!PortAddress.TryParse(management.Address, out var endPoint, out _)) return;
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) kestrel.ListenAnyIP(endPoint.Port, Bound); // also where there is no IPv6
            else kestrel.Listen(endPoint, Bound);

            void Bound(ListenOptions listen) => listen.Use(next => async connection =>
            {
                using var place = room.Enter(connection);
                await next(connection);
            });
        });
    }

    /// <summary>The address that is bound; null when it is none.</summary>
    public static EndpointClaim? Claim(ManagementOptions options) => PortAddress.TryParse(options.Address, out var endPoint, out _)
        ? new($"{ManagementOptions.Section}:{nameof(options.Address)}", endPoint, "--management ADDRESS")
        : null;

    public static void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return next(context);
            context.Response.Headers.Allow = "GET, HEAD"; // everything here is to be read; what else somebody tries must not look as if it had worked
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        });
        app.MapGet("/", () => Results.Text(Index));
        app.MapHealthChecks(
            "/health/live",
            new HealthCheckOptions { Predicate = check => check.Tags.Contains(ManagementOptions.LivenessTag), ResponseWriter = WriteLivenessAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteReadinessAsync });
        app.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static Task WriteLivenessAsync(HttpContext context, HealthReport report) => report.Status is not HealthStatus.Unhealthy
        ? WriteAsync(context, new { status = "Live" })
        : WriteAsync(context, new { status = "Dead", reasons = report.Entries.Values.Where(e => e.Status is HealthStatus.Unhealthy).Select(e => Words(e)) });

    private static Task WriteReadinessAsync(HttpContext context, HealthReport report) => WriteAsync(context, new
    {
        status = report.Status is HealthStatus.Unhealthy ? "NotReady" : "Ready",
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), description = Words(e.Value) }),
    });

    // They may be a store's, and everybody who reaches the port reads them.
    private static string? Words(HealthReportEntry check) => check.Description is { } words ? Shown.Masked(words) : null;

    private static Task WriteAsync<TBody>(HttpContext context, TBody body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(body) + "\n", context.RequestAborted);
    }

    private sealed class EndpointClaims(IConfiguration configuration) : IEndpointClaims
    {
        public IEnumerable<EndpointClaim> Claims
        {
            get
            {
                var options = configuration.GetSection(ManagementOptions.Section).Get<ManagementOptions>() ?? new();
                if (Claim(options) is { } claim) yield return claim;
            }
        }
    }

    private sealed class Validator : IValidateOptions<ManagementOptions>
    {
        public ValidateOptionsResult Validate(string? name, ManagementOptions options) => PortAddress.TryParse(options.Address, out _, out var fault)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{ManagementOptions.Section}:{nameof(ManagementOptions.Address)}: {Shown.Value(options.Address)} is no address to listen on: {fault}.");
    }
}
