namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>A server that keeps something for the cluster, as far as one asks whether it is there.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Which one, and the option that says so, without what proves who may use it: <c>Redis at 127.0.0.1:6379 (Cluster:ConnectionString)</c>.</summary>
    string Name { get; }

    /// <summary>Asks it something that costs it nothing; ends when it has answered.</summary>
    /// <exception cref="Exception">Whatever its client throws when it does not; <see cref="ExplainAsync"/> knows what it means.</exception>
    Task AskAsync(CancellationToken cancellationToken);

    /// <summary>Asks it for the time of its wall clock.</summary>
    /// <exception cref="Exception">As for <see cref="AskAsync"/>.</exception>
    Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken);

    /// <summary>What a fault of its client means; null for one that is not about the store.</summary>
    Task<StoreFault?> ExplainAsync(Exception fault, CancellationToken cancellationToken);
}
