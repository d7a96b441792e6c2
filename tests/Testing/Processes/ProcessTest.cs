using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>
/// A test that starts the product's programs: none survives it, what they wrote stands in its report when it fails, and a fault that
/// one of them logged fails it.
/// </summary>
public abstract class ProcessTest : IAsyncDisposable
{
    private readonly List<EchoProcess> _processes = [];
    private readonly List<IAsyncDisposable> _surroundings = [];

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a program that ends with the test.</summary>
    protected EchoProcess Start(
        EchoExecutable executable,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? settings = null,
        params IReadOnlyList<string> through) => Own(EchoProcess.Start(executable, arguments, environment, settings, through));

    /// <summary>Starts a whole echo service that ends with the test.</summary>
    protected async Task<EchoService> StartServiceAsync(Topology topology, params string[] gatewayArguments)
    {
        var service = new EchoService(topology, gatewayArguments, Own);
        await service.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var process in _processes.AsEnumerable().Reverse()) await process.DisposeAsync(); // who came later uses who came before
        foreach (var resource in _surroundings.AsEnumerable().Reverse()) await resource.DisposeAsync(); // the programs would report that it has gone
        ReportOn(_processes);
    }

    /// <summary>Puts what processes wrote into the test's report, and fails the test for the faults in it.</summary>
    public static void ReportOn(IReadOnlyCollection<EchoProcess> processes)
    {
        foreach (var process in processes) TestContext.Current.TestOutputHelper?.WriteLine(process.Report());
        var faults = processes.SelectMany(p => p.Output.Faults).ToList();
        Assert.True(faults.Count is 0, $"The log has errors:\n{string.Join('\n', faults)}");
    }

    /// <summary>Lets a server end with the test, after all processes.</summary>
    protected async Task<TServer> OwnAsync<TServer>(Task<TServer> starting)
        where TServer : StoreServer
    {
        return Keep(await starting);
    }

    /// <summary>Lets a process end with the test.</summary>
    protected EchoProcess Own(EchoProcess process)
    {
        _processes.Add(process);
        return process;
    }

    /// <summary>Lets something that processes use end with the test, after them.</summary>
    protected T Keep<T>(T resource)
        where T : IAsyncDisposable
    {
        _surroundings.Add(resource);
        return resource;
    }
}
