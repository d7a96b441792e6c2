using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Says when this machine's wall clock is far from that of the store which the list of silos is in: silos judge each other's signs of life by
/// their clocks, and what they do then would not tell anybody why.
/// </summary>
internal sealed partial class ClockCheck([FromKeyedServices(StoreKeys.Membership)] IStore store, TimeProvider time, ILogger<ClockCheck> logger) : IHostedService
{
    // What an answer takes to come hides less than a second; signs of life are looked at in steps of seconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        TimeSpan ahead;
        try
        {
            var before = time.GetUtcNow();
            var there = await store.ReadClockAsync(cancellationToken);
            var after = time.GetUtcNow();
            ahead = before + ((after - before) / 2) - there;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // It may not be asked for its time, or has just gone away.
            Log.NotAsked(logger, store.Name, (await store.ExplainAsync(fault, cancellationToken))?.Words ?? fault.GetType().Name);
            return;
        }

        if (ahead.Duration() > Tolerance) Log.IsOff(logger, Math.Round(ahead.Duration().TotalSeconds), ahead > TimeSpan.Zero ? "ahead of" : "behind", store.Name);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(4022, LogLevel.Warning, "This machine's clock is {Seconds} s {Side} that of {Store}. Silos judge each other's signs of life by their clocks, and one that is five minutes off cannot join: set it (NTP).")]
        public static partial void IsOff(ILogger logger, double seconds, string side, string store);

        [LoggerMessage(4023, LogLevel.Debug, "{Store} does not tell its time: {Fault}.")]
        public static partial void NotAsked(ILogger logger, string store, string fault);
    }
}
