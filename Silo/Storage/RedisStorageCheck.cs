using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// Ends the start of a silo whose Redis of the grains' state does not accept its user or password. One that is away is not waited for:
/// the silo starts and warns.
/// </summary>
internal sealed class RedisStorageCheck(IOptions<StorageOptions> options) : IHostedService
{
    private const string Key = $"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var store = new RedisStore(options.Value.ConnectionString, Key);
        try
        {
            await store.ConnectAsync(cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Orleans keeps of an exception of its provider nothing but the text: nobody could explain it later.
            if (await store.ExplainAsync(fault, cancellationToken) is { MayPass: false } why) throw StoreWait.Refusal(store.Name, why, fault);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
