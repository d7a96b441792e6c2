using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>Waits for the database of the grains' state before the silo starts, and makes its tables when it is told to.</summary>
internal sealed class PostgresStorageCheck([FromKeyedServices(StoreKeys.GrainState)] PostgresStore store, IOptions<StorageOptions> options, StoreWait wait) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => wait.UntilAsync(
        store,
        async attempt =>
        {
            if (options.Value.CreateSchema) await PostgresSchema.ApplyAsync(store, attempt);
            await PostgresSchema.CheckAsync(store, PostgresTables.GrainState, attempt);
        },
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
