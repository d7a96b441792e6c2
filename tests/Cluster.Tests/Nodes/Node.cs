using System.Globalization;
using System.Net;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>Where a program runs, and what lies between it and the machine.</summary>
/// <param name="Address">The address that it listens on.</param>
/// <param name="Through">A command that becomes the program; none when empty.</param>
/// <param name="Environment">What to add to its environment.</param>
internal sealed record NodePlace(IPAddress Address, IReadOnlyList<string> Through, IReadOnlyDictionary<string, string> Environment)
{
    public static NodePlace Here { get; } = new(IPAddress.Loopback, [], new Dictionary<string, string>());
}

/// <summary>A program that keeps its ports when it is started again.</summary>
internal abstract class Node(EchoExecutable executable, NodePlace place, Func<EchoProcess, EchoProcess> own)
{
    private readonly Uri _management = new($"http://{place.Address}:{FreePorts.Next()}");
    private EchoProcess? _process;

    /// <summary>What it is from its next start on: another release of the same program, for one.</summary>
    public EchoExecutable Executable { get; set; } = executable;

    /// <summary>The run that was started last.</summary>
    public EchoProcess Process => _process ?? throw new InvalidOperationException($"{Executable} has not been started.");

    /// <summary>The address that it listens on.</summary>
    public IPAddress Address => place.Address;

    /// <summary>Starts it, again or for the first time, and waits until it says that it has started.</summary>
    public Task StartAsync()
    {
        Launch();
        return Process.ManagementAsync();
    }

    /// <summary>Starts it, and does not wait.</summary>
    public void Launch() => _process = own(EchoProcess.Start(Executable, [.. Arguments(), "--management", _management.Authority], place.Environment, through: place.Through));

    /// <summary>Ends it as a crash does, and waits until it has ended.</summary>
    public async Task KillAsync()
    {
        Process.Send(Signal.Kill);
        Assert.Equal(128 + (int)Signal.Kill, await Process.WaitForExitAsync());
    }

    /// <summary>Reads one of its metrics: the sum over all series with these labels.</summary>
    public async Task<double> MetricAsync(string name, params string[] labels)
    {
        var (_, body) = await EchoService.GetAsync(new Uri(_management, "/metrics"));
        return PrometheusText.Sum(body, name, labels);
    }

    /// <summary>Whether it says that it can do its work.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await EchoService.GetAsync(new Uri(_management, "/health/ready"))).Status is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Waits until a metric has a value.</summary>
    public Task MetricIsAsync(double value, string name) => MetricIsAsync(now => now == value, name);

    /// <summary>Waits until a metric is as it should be.</summary>
    public async Task MetricIsAsync(Predicate<double> isRight, string name, TimeSpan? limit = null)
    {
        var last = double.NaN;
        try
        {
            await Deadline.UntilAsync(async () => isRight(last = await MetricAsync(name)), $"{name} of {Process.Name}", limit);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message} It was {last.ToString(CultureInfo.InvariantCulture)} last.", fault);
        }
    }

    /// <summary>Its command line, but for where it tells of itself.</summary>
    protected abstract IEnumerable<string> Arguments();
}

/// <summary>A silo.</summary>
internal sealed class SiloNode(NodePlace place, Func<EchoProcess, EchoProcess> own, params IReadOnlyList<string> arguments) : Node(EchoExecutable.Silo, place, own)
{
    private readonly int _port = FreePorts.Next();

    /// <summary>Arguments with which it writes whom it watches, and whom it declares dead.</summary>
    public static string[] TellOfMembers { get; } =
    [
        "--Logging:LogLevel:Orleans.Runtime.MembershipService=Information",
        "--Logging:LogLevel:Orleans.Runtime.MembershipService.ClusterHealthMonitor=Information",
        "--Logging:LogLevel:Orleans.Runtime.MembershipService.MembershipTableManager=Information",
    ];

    /// <summary>Where other silos connect to.</summary>
    public IPEndPoint Silos => new(Address, _port);

    /// <summary>Where gateways connect to.</summary>
    public IPEndPoint Gateways { get; } = new(place.Address, FreePorts.Next());

    protected override IEnumerable<string> Arguments() =>
        [$"--Silo:Address={Address}", "--port", $"{_port}", "--gateway-port", $"{Gateways.Port}", .. arguments];
}

/// <summary>A gateway that listens for lines; without silos, it needs an argument that says where it finds them.</summary>
internal sealed class GatewayNode(NodePlace place, Func<EchoProcess, EchoProcess> own, IEnumerable<SiloNode> silos, params IReadOnlyList<string> arguments)
    : Node(EchoExecutable.Gateway, place, own)
{
    private readonly string[] _silos = [.. silos.Select(s => s.Gateways.ToString())];

    /// <summary>Where peers connect to.</summary>
    public IPEndPoint Line { get; } = new(place.Address, FreePorts.Next());

    protected override IEnumerable<string> Arguments() => ["--listen", $"line={Line}", .. _silos.Length is 0 ? [] : (string[])["--silos", string.Join(',', _silos)], .. arguments];
}
