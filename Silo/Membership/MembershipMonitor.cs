using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Membership;

/// <summary>Says in the log when the list of silos goes away and when it is back. Orleans goes on without, and would say so in a stack trace for each try.</summary>
internal sealed class MembershipMonitor([FromKeyedServices(StoreKeys.Membership)] IStore store, TimeProvider time, ILogger<MembershipMonitor> logger) : BackgroundService
{
    // Often enough that the log's times are of use, and next to nothing for a store.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var outage = new StoreOutage(store.Name, "The silos that are there go on; until it is back none can join, and none is declared dead.", logger);
        using var rounds = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await store.AskAsync(stoppingToken);
                    outage.There();
                }
                catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
                {
                    outage.Away((await store.ExplainAsync(fault, stoppingToken))?.Words ?? fault.GetType().Name);
                }
            }
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }
}
