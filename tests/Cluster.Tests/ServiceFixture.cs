using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>One echo service for all tests of a class that leave it as it was.</summary>
public abstract class ServiceFixture(Topology topology) : IAsyncLifetime
{
    private readonly List<EchoProcess> _processes = [];
    private EchoService? _service;

    internal EchoService Service => _service ?? throw new InvalidOperationException("The service has not been started.");

    public async ValueTask InitializeAsync()
    {
        _service = new EchoService(topology, [], Own);
        try
        {
            await _service.StartAsync();
        }
        catch (Exception fault)
        {
            var report = string.Join('\n', _processes.Select(p => p.Report()));
            await DisposeAsync();
            throw new InvalidOperationException($"{fault.Message}\n{report}", fault); // no test is there yet whose report it could be
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var process in _processes) await process.DisposeAsync();
        _processes.Clear();
    }

    private EchoProcess Own(EchoProcess process)
    {
        _processes.Add(process);
        return process;
    }
}

public sealed class StandaloneFixture() : ServiceFixture(Topology.Standalone);

public sealed class TwoProcessesFixture() : ServiceFixture(Topology.TwoProcesses);
