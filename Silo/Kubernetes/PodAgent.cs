using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting.Kubernetes;

namespace OrleansEcho.Silo.Kubernetes;

/// <summary>
/// Runs the agent of <c>Microsoft.Orleans.Hosting.Kubernetes</c> beside the silo: it declares silos dead whose pods are gone. In the silo's own
/// life, as the package puts it there, a Kubernetes that is away would end a silo that starts, and a missing right would hold it up for ever.
/// </summary>
internal sealed class PodAgent(IServiceProvider services, PodMembership membership, AgentOutage outage, TimeProvider time) : BackgroundService
{
    /// <summary>How long an answer is waited for.</summary>
    public static readonly TimeSpan RequestPatience = TimeSpan.FromSeconds(5);

    // A watch is one request that is answered for half an hour. Its other end may be gone without a word; the client's own terms are minutes.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How the agent reaches Kubernetes.</summary>
    public static KubernetesClientConfiguration Client()
    {
        var client = KubernetesClientConfiguration.InClusterConfig();
        client.TokenProvider = new PacedToken(client.TokenProvider);
        client.HttpClientTimeout = RequestPatience;
        client.FirstMessageHandlerSetup = handler =>
        {
            handler.ConnectTimeout = RequestPatience;
            (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout) = (PingDelay, RequestPatience);
        };
        return client;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lifecycle = new AgentLifecycle();
        try
        {
            await SubscribeAsync(lifecycle, stoppingToken);
            await Task.WhenAll(WatchAsync(lifecycle.Agent, stoppingToken), LookAsync(stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops: a call to Kubernetes that is under way ends, or fails just then.
        }
    }

    private async Task SubscribeAsync(AgentLifecycle lifecycle, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                ActivatorUtilities.CreateInstance<KubernetesClusterAgent>(services, membership, outage).Participate(lifecycle);
                return;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                outage.Failed(fault); // ca.crt cannot be read, for one
                await Task.Delay(RequestPatience, time, stoppingToken);
            }
        }
    }

    // The agent tries until it has succeeded once. From then on it watches by itself, again and again.
    private async Task WatchAsync(ILifecycleObserver agent, CancellationToken stoppingToken)
    {
        try
        {
            await agent.OnStart(stoppingToken);
            membership.Watch();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
        }
        finally
        {
            await agent.OnStop(CancellationToken.None);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Interval, time);
        while (await rounds.WaitForNextTickAsync(stoppingToken)) outage.Look();
    }
}
