using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>The way to the quota's grain: it stays the same while it leads there, and is another when it does not.</summary>
public sealed class OrleansBackendTests : IDisposable
{
    private static readonly LeaseRequest Request = new() { Holder = "h", Gateway = "g", Number = 1 };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SiloLinks _links;
    private readonly OrleansBackend _backend;
    private readonly List<string> _asked = [];

    public OrleansBackendTests()
    {
        var reachability = new BackendReachability(TimeProvider.System, NullLogger<BackendReachability>.Instance);
        _links = new SiloLinks(reachability);
        _backend = new OrleansBackend(_links, reachability, Options.Create(new BackendOptions()), new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task TheWayStays_WhileItLeadsThere()
    {
        AddSilo("a");
        await LeaseAsync();
        AddSilo("b");
        _links.All[0].Enter(); // it would not be chosen now
        await LeaseAsync();
        Assert.Equal(["a", "a"], _asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherSiloIsAsked_WhenOneCannotReachTheQuota(bool isRefused)
    {
        AddSilo("a", () => isRefused ? throw new OrleansException("no way") : new TaskCompletionSource<LeaseReply>().Task);
        AddSilo("b");
        using var patience = isRefused ? new CancellationTokenSource() : new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var fault = await Record.ExceptionAsync(async () => await _backend.LeaseAsync(Request, patience.Token));
        Assert.True(isRefused ? fault is BackendUnavailableException : fault is OperationCanceledException, $"{fault}");
        await LeaseAsync();
        Assert.Equal(["a", "b"], _asked);
    }

    [Fact]
    public async Task ASiloThatIsLost_IsNotWaitedFor()
    {
        AddSilo("a", () => new TaskCompletionSource<LeaseReply>().Task);
        var asking = LeaseAsync();
        _links.Remove(_links.All.Single(), "it is gone");
        var fault = await Assert.ThrowsAsync<BackendUnavailableException>(() => asking.WithinAsync("the fault"));
        Assert.Equal("The silo on the way to it, a, is lost.", fault.Message);
    }

    private async Task LeaseAsync() => await _backend.LeaseAsync(Request, Stop);

    private void AddSilo(string name, Func<Task<LeaseReply>>? answer = null) => _links.Add(new SiloLink(name, ScriptedSilo.Make(_ =>
    {
        _asked.Add(name);
        return answer?.Invoke() ?? Task.FromResult(new LeaseReply { Outcome = LeaseOutcome.Granted, Number = 1, Epoch = 1 });
    })));
}
