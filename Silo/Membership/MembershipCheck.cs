using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansEcho.ServiceDefaults.Stores;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Waits until the store of the list of silos takes a write before the silo starts: without the list there is no cluster to join, and Orleans' own fault
/// would name neither the server nor the option.
/// </summary>
internal sealed class MembershipCheck([FromKeyedServices(StoreKeys.Membership)] IStore store, ListWriter writer, StoreWait wait) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => wait.UntilAsync(
        store,
        async attempt =>
        {
            if (store is PostgresStore database) await PostgresSchema.CheckAsync(database, PostgresTables.Membership, attempt);
            await writer.WriteAsync(attempt);
        },
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
