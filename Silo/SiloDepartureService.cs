using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Grains.Links;

namespace OrleansEcho.Silo;

/// <summary>Before the silo leaves its cluster, its gateways take their connections to other silos: no message waits for a time-out.</summary>
internal sealed partial class SiloDepartureService(SiloDeparture departure, IOptions<SiloHostOptions> options, TimeProvider time, ILogger<SiloDepartureService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var (gateways, connections) = departure.Present;
        if (gateways > 0) Log.Leaves(logger, gateways, connections);
        var start = time.GetTimestamp();
        var left = await departure.LeaveAsync(TimeSpan.FromSeconds(options.Value.LeaveSeconds), cancellationToken);
        if (gateways is 0) return; // nobody to speak of; one that comes now is told
        if (left is 0) Log.HandedOver(logger, time.GetElapsedTime(start).TotalSeconds);
        else Log.NotHandedOver(logger, left, options.Value.LeaveSeconds);
    }

    private static partial class Log
    {
        [LoggerMessage(4011, LogLevel.Information, "Leaving: connections go to other silos: {Connections}, of gateways: {Gateways}.")]
        public static partial void Leaves(ILogger logger, int gateways, int connections);

        [LoggerMessage(4012, LogLevel.Information, "No gateway sends anything here any more, after {Seconds:0.0} s.")]
        public static partial void HandedOver(ILogger logger, double seconds);

        [LoggerMessage(4013, LogLevel.Warning, "{Gateways} gateways have not moved on within {Seconds:0.#} s (Silo:LeaveSeconds): their connections notice by themselves.")]
        public static partial void NotHandedOver(ILogger logger, int gateways, double seconds);
    }
}
