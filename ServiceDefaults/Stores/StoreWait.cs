using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>
/// Lets a start wait for a store that is not there yet: whoever starts a machine, or a folder of containers, starts things in any order. What
/// somebody has to mend first is not waited for.
/// </summary>
public sealed partial class StoreWait(StartInterruption interruption, TimeProvider time, ILogger<StoreWait> logger)
{
    // A person who starts the store second should not wait.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    // Often enough to see it, seldom enough to read on.
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(5);

    /// <summary>Tries until it succeeds.</summary>
    /// <exception cref="StartupException">Waiting does not help.</exception>
    /// <exception cref="OperationCanceledException">The program is to stop.</exception>
    public async Task UntilAsync(IStore store, Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, interruption.Requested);
        long? saidAt = null;
        while (true)
        {
            try
            {
                await attempt(either.Token);
                if (saidAt is not null) Log.There(logger, store.Name);
                return;
            }
            catch (Exception) when (either.IsCancellationRequested)
            {
                throw Stopped(either.Token);
            }
            catch (Exception fault) when (fault is not StartupException)
            {
                var why = await store.ExplainAsync(fault, CancellationToken.None);
                if (why is null) throw;
                if (!why.MayPass) throw Refusal(store.Name, why, fault);
                if (saidAt is null || time.GetElapsedTime(saidAt.Value) >= LogInterval)
                {
                    Log.Waiting(logger, store.Name, why.Words);
                    saidAt = time.GetTimestamp();
                }
            }

            try
            {
                await Task.Delay(RetryDelay, time, either.Token);
            }
            catch (OperationCanceledException)
            {
                throw Stopped(either.Token);
            }
        }
    }

    /// <summary>The end of a start that does not wait.</summary>
    /// <param name="store">Which store.</param>
    /// <param name="why">What somebody has to mend.</param>
    /// <param name="fault">What its client threw.</param>
    public static StartupException Refusal(string store, StoreFault why, Exception fault)
    {
        ArgumentNullException.ThrowIfNull(why);
        return new(ExitCode.Failure, $"{store} cannot be used: {why.Words}; mend the connection string, or what is wrong there.", fault);
    }

    private OperationCanceledException Stopped(CancellationToken cancellationToken)
    {
        if (interruption.Requested.IsCancellationRequested) interruption.Stop(); // the host would take the end of the start for a fault
        return new OperationCanceledException(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1021, LogLevel.Warning, "Waiting for {Store}: {Fault}.")]
        public static partial void Waiting(ILogger logger, string store, string fault);

        [LoggerMessage(1022, LogLevel.Information, "{Store} is there.")]
        public static partial void There(ILogger logger, string store);
    }
}
