using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using k8s.Autorest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting.Kubernetes;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Kubernetes;

/// <summary>
/// The log of the package's agent: pages for each try that fails, and not a word when one succeeds. Instead, one line says that Kubernetes cannot be
/// asked, and one that it can.
/// </summary>
internal sealed class AgentOutage(Pod pod, IHostApplicationLifetime application, TimeProvider time, ILogger<AgentOutage> logger) : ILogger<KubernetesClusterAgent>, IDisposable
{
    // The agent tries again after five seconds at most, and a try may take as long as requests are waited for.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5) + PodAgent.RequestPatience + TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly StoreOutage _outage = new(pod.Api, "Who is gone is found out by probes, within seconds.", time, logger);
    private long _last;

    /// <summary>Something has failed.</summary>
    public void Failed(Exception fault)
    {
        if (application.ApplicationStopping.IsCancellationRequested) return; // what is under way then is cancelled
        lock (_lock)
        {
            _last = time.GetTimestamp();
            _outage.Away(Words(fault));
        }
    }

    /// <summary>Says that it is over, when nothing has failed for long enough.</summary>
    public void Look()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_last) > Quiet) _outage.There();
        }
    }

    public void Dispose() => _outage.Dispose();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && IsEnabled(logLevel)) Failed(exception);
    }

    /// <summary>Half a sentence for a person.</summary>
    internal static string Words(Exception fault) => fault switch
    {
        HttpOperationException { Response.StatusCode: HttpStatusCode.Forbidden, Request.Method: { } method } when method == HttpMethod.Patch =>
            $"this pod's labels {KubernetesHostingOptions.ClusterIdLabel} and {KubernetesHostingOptions.ServiceIdLabel} are not Cluster:ClusterId and Cluster:ServiceId, and it may not change them",
        HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } => "it does not accept this pod's token",
        HttpOperationException { Response: { } response } => Message(response.Content) ?? $"it answers with {(int)response.StatusCode}",
        { InnerException: AuthenticationException } => "its certificate is not by the authority in ca.crt, or for another name",
        HttpRequestException { InnerException: SocketException socket } => Reachability.Words(socket),
        OperationCanceledException => "no answer",
        _ => Line(fault.Message),
    };

    // Kubernetes says itself who may not do what.
    private static string? Message(string content)
    {
        try
        {
            using var status = JsonDocument.Parse(content);
            return status.RootElement.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 } text ? Line(text) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Line(string text) => Reachability.Lower(text.ReplaceLineEndings(" ").TrimEnd('.', ' '));
}
