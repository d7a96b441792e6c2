using Microsoft.Extensions.Logging;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Diagnostics;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>Does what a pool's state wants done, and lets the state know what came of it.</summary>
internal sealed class PoolDuties(
    EchoClientPool pool, PoolWorker worker, PoolMetrics metrics, ILogger logger, string name, TaskCompletionSource drained, CancellationToken closing) : ILeaseOwner
{
    private readonly HashSet<Task> _closes = [];

    public void Do(PoolEffect effect)
    {
        using var own = OwnContext.Begin(); // whoever asked has no part in what is done for the pool
        switch (effect)
        {
            case PoolEffect.Open open:
                _ = OpenAsync(open.Connection);
                break;
            case PoolEffect.Validate validate:
                _ = ValidateAsync(validate.Connection, validate.Connection.Client!);
                break;
            case PoolEffect.Close close:
                metrics.Destroyed(close.Cause);
                Keep(close.Connection.Client!.DisposeAsync().AsTask());
                break;
            case PoolEffect.Resolve resolve:
                _ = ResolveAsync(resolve.Name);
                break;
            case PoolEffect.Drained:
                drained.TrySetResult();
                break;
            default:
                Report(effect);
                break;
        }
    }

    /// <inheritdoc />
    public void Return(PooledConnection connection, long generation) => pool.TakeBack(connection, generation);

    /// <summary>Waits until all connections whose closing has begun are closed.</summary>
    public Task ClosedAsync()
    {
        lock (_closes) return Task.WhenAll(_closes);
    }

    private async Task OpenAsync(PooledConnection connection)
    {
        try
        {
            connection.Client = await worker.OpenAsync(connection, closing).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            if (!closing.IsCancellationRequested) metrics.Failed(fault);
            pool.Change((state, now) => state.NotOpened(connection, fault, now)); // and so it is logged, and told to who waits
            return;
        }

        metrics.Created();
        pool.Change((state, now) => state.Opened(connection, now));
        var end = await connection.Client.Completion.ConfigureAwait(false);
        pool.Change((state, now) => state.Ended(connection, end is SessionEnd.Lost or SessionEnd.Nonsense, now));
    }

    private async Task ValidateAsync(PooledConnection connection, EchoClient client)
    {
        var isAlive = await worker.IsAliveAsync(client, closing).ConfigureAwait(false);
        pool.Change((state, now) => state.Validated(connection, isAlive, now));
    }

    private async Task ResolveAsync(GatewayName gateway)
    {
        try
        {
            var addresses = await worker.ResolveAsync(gateway.Address.Host, closing).ConfigureAwait(false);
            pool.Change((state, now) => state.Resolved(gateway, addresses, now));
        }
        catch (Exception fault)
        {
            pool.Change((state, now) => state.NotResolved(gateway, fault, now));
        }
    }

    private void Report(PoolEffect effect)
    {
        switch (effect)
        {
            case PoolEffect.ReportEjection report:
                PoolLog.Ejected(logger, report.Gateway.Name, report.Wait.TotalSeconds, report.Fault.Message);
                break;
            case PoolEffect.ReportNotResolved report:
                PoolLog.NotResolved(logger, report.Name.Address.Host, report.Fault.Message);
                break;
            case PoolEffect.ReportReturn report:
                PoolLog.IsBack(logger, report.Gateway.Name);
                break;
            case PoolEffect.ReportLeak report:
                PoolLog.Leak(logger, name, report.Gateway, report.Age.TotalSeconds, report.Origin);
                break;
            case PoolEffect.ReportLateReturn report:
                PoolLog.LateReturn(logger, name, report.Origin, report.Age.TotalSeconds);
                break;
        }
    }

    private void Keep(Task closing)
    {
        if (closing.IsCompleted) return;
        lock (_closes) _closes.Add(closing);
        _ = closing.ContinueWith(
            task =>
            {
                lock (_closes) _closes.Remove(task);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
