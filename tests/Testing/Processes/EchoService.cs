using System.Net;
using System.Net.NetworkInformation;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>The whole product at work, on ports that were free: listeners <c>line</c>, <c>length-prefixed</c>, <c>raw</c> and <c>unix</c> (lines).</summary>
public sealed class EchoService(Topology topology, IReadOnlyList<string> gatewayArguments, Func<EchoProcess, EchoProcess> own)
{
    private static readonly HttpClient Http = new() { Timeout = Deadline.Generous };

    private EchoProcess? _front;
    private Uri? _management;

    /// <summary>The process with the listeners.</summary>
    public EchoProcess Front => _front ?? throw NotStarted();

    /// <summary>The silo, where it is a process of its own.</summary>
    public EchoProcess? Silo { get; private set; }

    /// <summary>What to add to the environment of the process with the listeners.</summary>
    public IReadOnlyDictionary<string, string>? FrontEnvironment { get; init; }

    /// <summary>A command that becomes the process with the listeners, such as setpriv with its arguments; none when empty.</summary>
    public IReadOnlyList<string> FrontThrough { get; init; } = [];

    /// <summary>All its processes.</summary>
    public IReadOnlyList<EchoProcess> Processes => [.. new[] { Silo, _front }.OfType<EchoProcess>()];

    public EndPoint Line { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    public EndPoint LengthPrefixed { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    public EndPoint Raw { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    public EndPoint Unix { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>The ports of the silo that is a process of its own: fixed, so that it can come back to them.</summary>
    public (int Silo, int Gateway) SiloPorts { get; } = (FreePorts.Next(), FreePorts.Next());

    /// <summary>The arguments of a gateway or standalone process that listens on ports that are free.</summary>
    public static string[] FreeListeners { get; } =
    [
        "--listen", "line=127.0.0.1:0",
        "--listen", "length-prefixed=127.0.0.1:0",
        "--listen", "raw=127.0.0.1:0",
        "--listen", "unix:line=unix:echo.sock",
        "--management", "127.0.0.1:0",
    ];

    /// <summary>Starts it, all of it at once, and waits until it serves.</summary>
    public async Task StartAsync()
    {
        var silo = topology is Topology.TwoProcesses ? StartSiloAsync() : Task.CompletedTask;
        await Task.WhenAll(silo, StartFrontAsync());
        await Front.Output.WaitForAsync("Reached a silo");
        await Deadline.UntilAsync(async () => (await GetAsync("/health/ready")).Status is HttpStatusCode.OK, "/health/ready to be 200"); // on a busy machine the quota answers a moment later
    }

    /// <summary>Starts the silo, again or for the first time, and waits until it is there.</summary>
    public async Task StartSiloAsync()
    {
        Silo = own(EchoProcess.Start(EchoExecutable.Silo, ["--port", $"{SiloPorts.Silo}", "--gateway-port", $"{SiloPorts.Gateway}", "--management", "127.0.0.1:0"]));
        await Silo.ManagementAsync();
    }

    /// <summary>Starts the process with the listeners and waits until they accept.</summary>
    public async Task StartFrontAsync()
    {
        string[] arguments = [.. FreeListeners, .. gatewayArguments];
        _front = own(topology is Topology.Standalone
            ? EchoProcess.Start(EchoExecutable.Standalone, arguments, FrontEnvironment, through: FrontThrough)
            : EchoProcess.Start(EchoExecutable.Gateway, [.. arguments, "--silos", $"127.0.0.1:{SiloPorts.Gateway}"], FrontEnvironment, through: FrontThrough));
        Line = await Front.ListenerAsync("line");
        LengthPrefixed = await Front.ListenerAsync("length-prefixed");
        Raw = await Front.ListenerAsync("raw");
        var unix = await Front.ListenerAsync("unix");
        Unix = new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(Front.WorkingDirectory, unix.ToString()!));
        _management = await Front.ManagementAsync();
    }

    /// <summary>Asks the gateway's management endpoint.</summary>
    public Task<(HttpStatusCode Status, string Body)> GetAsync(string path) => GetAsync(new Uri(_management ?? throw NotStarted(), path));

    /// <summary>Asks a management endpoint.</summary>
    public static async Task<(HttpStatusCode Status, string Body)> GetAsync(Uri address)
    {
        using var response = await Http.GetAsync(address, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads one of the gateway's metrics.</summary>
    /// <returns>The sum over all series with these labels; zero when there is none.</returns>
    public async Task<double> MetricAsync(string name, params string[] labels)
    {
        var (_, body) = await GetAsync("/metrics");
        return PrometheusText.Sum(body, name, labels);
    }

    /// <summary>Waits until a metric has a value.</summary>
    public Task MetricIsAsync(double value, string name, params string[] labels) => Deadline.UntilAsync(
        async () => await MetricAsync(name, labels) == value,
        $"{name}{{{string.Join(',', labels)}}} to be {value}");

    /// <summary>Waits until a metric is higher than it is now.</summary>
    public async Task MetricRisesAsync(string name)
    {
        var before = await MetricAsync(name);
        await Deadline.UntilAsync(async () => await MetricAsync(name) > before, $"{name} to rise above {before}");
    }

    /// <summary>Waits until the gateway holds so many connections.</summary>
    public Task ActiveAsync(int connections) => MetricIsAsync(connections, "echo_gateway_connections_active");

    /// <summary>Waits until so many connections of a TCP listener are left: what the kernel says, whatever the gateway thinks.</summary>
    public static Task SocketsAsync(int sockets, EndPoint listener) => Deadline.UntilAsync(
        () => Task.FromResult(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Count(c => c.LocalEndPoint.Port == ((IPEndPoint)listener).Port && c.State is not (TcpState.TimeWait or TcpState.Listen)) == sockets),
        $"{sockets} sockets of {listener} to be left");

    private static InvalidOperationException NotStarted() => new("The service has not been started.");
}
