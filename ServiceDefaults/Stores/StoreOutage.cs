using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>Says in the log when a store goes away and when it is back: one line each, however many calls fail in between, and one in ten seconds when it comes and goes. For one caller at a time.</summary>
/// <param name="store">Which store.</param>
/// <param name="consequence">What it means until the store is back: a sentence.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class StoreOutage(string store, string consequence, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly OutageNotices _notices = new(time, (count, isAway) => Log.More(logger, store, count, OutageNotices.Interval.TotalSeconds, isAway ? "It cannot be used now." : "It can be used now."));

    /// <summary>Why it is away; null when it is there.</summary>
    public string? Fault { get; private set; }

    /// <summary>It cannot be used.</summary>
    public void Away(string fault)
    {
        Fault = fault;
        _notices.Away(() => Log.Away(logger, store, fault, consequence));
    }

    /// <summary>It has answered.</summary>
    public void There()
    {
        if (Fault is null) return;
        Fault = null;
        _notices.Back(() => Log.Back(logger, store));
    }

    /// <summary>What happens to the store from now on is no news.</summary>
    public void Dispose() => _notices.Dispose();

    private static partial class Log
    {
        [LoggerMessage(1023, LogLevel.Warning, "{Store} cannot be used: {Fault}. {Consequence}")]
        public static partial void Away(ILogger logger, string store, string fault, string consequence);

        [LoggerMessage(1024, LogLevel.Information, "{Store} can be used again.")]
        public static partial void Back(ILogger logger, string store);

        [LoggerMessage(1025, LogLevel.Warning, "{Store} has gone away {Count} more times within {Seconds} s. {Now}")]
        public static partial void More(ILogger logger, string store, int count, double seconds, string now);
    }
}
