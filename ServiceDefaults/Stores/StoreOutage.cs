using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>Says in the log when a store goes away and when it is back: one line each, however many calls fail in between. For one caller at a time.</summary>
/// <param name="store">Which store.</param>
/// <param name="consequence">What it means until the store is back: a sentence.</param>
/// <param name="logger">The log.</param>
public sealed partial class StoreOutage(string store, string consequence, ILogger logger)
{
    /// <summary>Why it is away; null when it is there.</summary>
    public string? Fault { get; private set; }

    /// <summary>It cannot be used.</summary>
    public void Away(string fault)
    {
        if (Fault is null) Log.Away(logger, store, fault, consequence);
        Fault = fault;
    }

    /// <summary>It has answered.</summary>
    public void There()
    {
        if (Fault is not null) Log.Back(logger, store);
        Fault = null;
    }

    private static partial class Log
    {
        [LoggerMessage(1023, LogLevel.Warning, "{Store} cannot be used: {Fault}. {Consequence}")]
        public static partial void Away(ILogger logger, string store, string fault, string consequence);

        [LoggerMessage(1024, LogLevel.Information, "{Store} can be used again.")]
        public static partial void Back(ILogger logger, string store);
    }
}
