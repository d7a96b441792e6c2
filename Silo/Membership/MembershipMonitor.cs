using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Keeps this silo in the list of silos, and says in the log when the list cannot be written and when it can be again. Orleans goes on without, and would say so in a stack trace for each try.
/// </summary>
internal sealed class MembershipMonitor([FromKeyedServices(StoreKeys.Membership)] IStore store, ListWriter writer, KeptMembershipTable list, StoreMetrics metrics, TimeProvider time, ILogger<MembershipMonitor> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var outage = new StoreOutage(store.Name, "The list of silos in it cannot be written: the silos that are there go on; until it can be, none can join, and none is declared dead.", time, logger);
        using var rounds = new PeriodicTimer(KeptMembershipTable.Interval, time);
        try
        {
            do
            {
                var askedAt = time.GetTimestamp();
                try
                {
                    await writer.WriteAsync(stoppingToken); // first: a list that was emptied needs a version before a silo can be written into it
                    await list.LookAsync(stoppingToken);
                    metrics.Answered(time.GetElapsedTime(askedAt));
                    outage.There();
                }
                catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
                {
                    metrics.Failed();
                    outage.Away((await store.ExplainAsync(fault, stoppingToken))?.Words ?? fault.GetType().Name);
                }
            }
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops: a call to the store that is under way ends, or fails just then.
        }
    }
}
