using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OrleansEcho.Testing.Certificates;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>
/// As much of Kubernetes' API as a pod's silo uses: reading, listing and watching the pods of one namespace, for who shows the right token. Programs find it as
/// in a pod, by variables and by files under /var/run, in a mount namespace of their own. That needs root.
/// </summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    private const string Namespace = "echo";
    private const string Token = "a-token-for-pods";
    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";
    private const string AccountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly ConcurrentDictionary<string, string> _clusters = [];
    private readonly ConcurrentDictionary<Channel<(string Type, string Pod, string Cluster)>, string> _watches = [];
    private readonly DirectoryInfo _account = Directory.CreateTempSubdirectory("echo-pod-");
    private readonly int _port = FreePorts.Next();
    private readonly X509Certificate2 _certificate;
    private WebApplication? _server;
    private int _refused;

    private FakeKubernetes()
    {
        using var authority = new TestAuthority("kubernetes");
        var certificate = authority.Issue("localhost", [TestAuthority.ServerAuth]);
        _certificate = X509Certificate2.CreateFromPem(certificate.Certificate, certificate.Key);
        File.WriteAllText(Path.Combine(_account.FullName, "ca.crt"), authority.Pem);
        File.WriteAllText(Path.Combine(_account.FullName, "token"), Token);
        File.WriteAllText(Path.Combine(_account.FullName, "namespace"), Namespace);
    }

    /// <summary>What silos call it.</summary>
    public string Name => $"Kubernetes at localhost:{_port}";

    /// <summary>Whether nobody may do anything.</summary>
    public bool Refuses { get; set; }

    /// <summary>How many requests were refused.</summary>
    public int Refused => _refused;

    /// <summary>The command that becomes a program in a pod.</summary>
    public string[] Through =>
        ["unshare", "-m", "sh", "-c", $"mount -t tmpfs tmpfs /var/run && mkdir -p {AccountPath} && cp {_account.FullName}/* {AccountPath} && exec \"$@\"", "sh"];

    /// <summary>Starts one without pods.</summary>
    public static async Task<FakeKubernetes> StartNewAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Mount namespaces need root.");
        var kubernetes = new FakeKubernetes();
        try
        {
            await kubernetes.AssertPodsArePossibleAsync();
            await kubernetes.StartAsync();
            return kubernetes;
        }
        catch
        {
            await kubernetes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, again or for the first time, where it was.</summary>
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listener => listener.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Takes it away.</summary>
    public async Task StopAsync()
    {
        EndWatches();
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>What is in the environment of a pod's program.</summary>
    public Dictionary<string, string> EnvironmentOf(string pod) => new()
    {
        ["KUBERNETES_SERVICE_HOST"] = "localhost",
        ["KUBERNETES_SERVICE_PORT"] = $"{_port}",
        ["POD_NAME"] = pod,
        ["POD_NAMESPACE"] = Namespace,
    };

    /// <summary>Makes a pod, with the labels of a cluster.</summary>
    public void Add(string pod, string cluster = "dev")
    {
        _clusters[pod] = cluster;
        Tell("ADDED", pod, cluster);
    }

    /// <summary>Takes a pod away, whatever its program does.</summary>
    public void Delete(string pod)
    {
        Assert.True(_clusters.TryRemove(pod, out var cluster));
        Tell("DELETED", pod, cluster);
    }

    /// <summary>Ends what is being watched, as Kubernetes does every half hour.</summary>
    public void EndWatches()
    {
        foreach (var watch in _watches.Keys) watch.Writer.TryComplete();
    }

    /// <summary>Waits until so many watch.</summary>
    public Task WatchedByAsync(int silos) => Deadline.UntilAsync(() => Task.FromResult(_watches.Count == silos), $"{silos} silos to watch pods");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificate.Dispose();
        _account.Delete(recursive: true);
    }

    private async Task AssertPodsArePossibleAsync()
    {
        string[] command = [.. Through, "true"];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var words = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(process.ExitCode is 0, $"There are no mount namespaces here: {words.Trim()}");
    }

    private void Tell(string type, string pod, string cluster)
    {
        foreach (var (watch, selector) in _watches)
        {
            if (selector == Selector(cluster)) watch.Writer.TryWrite((type, pod, cluster));
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        if (request.Headers.Authorization != $"Bearer {Token}") return FailAsync(context, HttpStatusCode.Unauthorized, "Unauthorized");
        if (Refuses || request.Method != HttpMethods.Get)
        {
            Interlocked.Increment(ref _refused);
            return FailAsync(context, HttpStatusCode.Forbidden, "pods is forbidden: User \"system:serviceaccount:echo:silo\" may not do this");
        }

        if (path == Pods && request.Query["watch"] == "true") return WatchAsync(context, request.Query["labelSelector"]!);
        if (path == Pods)
        {
            return context.Response.WriteAsJsonAsync(new { kind = "PodList", apiVersion = "v1", metadata = new { }, items = _clusters.Where(pod => Selector(pod.Value) == request.Query["labelSelector"]).Select(pod => Pod(pod.Key, pod.Value)) });
        }

        var name = path.StartsWith(Pods + "/", StringComparison.Ordinal) ? path[(Pods.Length + 1)..] : "";
        return _clusters.TryGetValue(name, out var cluster) ? context.Response.WriteAsJsonAsync(Pod(name, cluster)) : FailAsync(context, HttpStatusCode.NotFound, $"pods \"{name}\" not found");
    }

    private async Task WatchAsync(HttpContext context, string selector)
    {
        var watch = Channel.CreateUnbounded<(string Type, string Pod, string Cluster)>();
        foreach (var (pod, cluster) in _clusters.Where(pod => Selector(pod.Value) == selector)) watch.Writer.TryWrite(("ADDED", pod, cluster));
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            _watches[watch] = selector;
            await foreach (var (type, pod, cluster) in watch.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(JsonSerializer.Serialize(new { type, @object = Pod(pod, cluster) }) + "\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more.
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }

    private static Task FailAsync(HttpContext context, HttpStatusCode code, string message)
    {
        context.Response.StatusCode = (int)code;
        return context.Response.WriteAsJsonAsync(new { kind = "Status", apiVersion = "v1", metadata = new { }, status = "Failure", message, code = (int)code });
    }

    private static object Pod(string name, string cluster) => new
    {
        kind = "Pod",
        apiVersion = "v1",
        metadata = new { name, @namespace = Namespace, labels = new Dictionary<string, string> { ["orleans/serviceId"] = "orleansecho", ["orleans/clusterId"] = cluster } },
    };

    private static string Selector(string cluster) => $"orleans/serviceId=orleansecho,orleans/clusterId={cluster}";
}
