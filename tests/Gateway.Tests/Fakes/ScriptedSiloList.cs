using System.Net;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A list of silos in a store, as a test says.</summary>
internal sealed class ScriptedSiloList : ISiloList, IStore
{
    public IReadOnlyList<IPEndPoint> Silos { get; set; } = [];

    public IReadOnlyList<string> Clusters { get; set; } = [];

    /// <summary>Why the store is away; null when it is there.</summary>
    public string? Fault { get; set; }

    /// <summary>What a read waits for, with the token that ends it; nothing when null.</summary>
    public Func<CancellationToken, Task>? Read { get; set; }

    public IStore Store => this;

    public string Name => "Store at here (Cluster:ConnectionString)";

    public async Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken)
    {
        if (Read is not null) await Read(cancellationToken);
        return Fault is null ? Silos : throw new TimeoutException(Fault);
    }

    public Task<IReadOnlyList<string>> ReadClustersAsync(CancellationToken cancellationToken) => Task.FromResult(Clusters);

    public Task AskAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoreFault?> ExplainAsync(Exception fault, CancellationToken cancellationToken) =>
        Task.FromResult(fault is TimeoutException ? new StoreFault(fault.Message, MayPass: true) : null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
