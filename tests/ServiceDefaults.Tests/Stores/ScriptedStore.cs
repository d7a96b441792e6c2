using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Tests.Stores;

/// <summary>A store whose faults are explained by their messages: those that begin with "pass" may pass, "mend" may not, all others are not the store's.</summary>
internal sealed class ScriptedStore : IStore
{
    public string Name => "Store at here (Sample:ConnectionString)";

    public Task AskAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoreFault?> ExplainAsync(Exception fault, CancellationToken cancellationToken) => Task.FromResult(
        fault.Message.StartsWith("pass", StringComparison.Ordinal) ? new StoreFault(fault.Message, MayPass: true)
        : fault.Message.StartsWith("mend", StringComparison.Ordinal) ? new StoreFault(fault.Message, MayPass: false)
        : null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
