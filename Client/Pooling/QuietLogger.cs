using Microsoft.Extensions.Logging;

namespace OrleansEcho.Client.Pooling;

/// <summary>
/// A logger that never throws. A pool logs in the midst of what it does for its callers: a provider that fails there must cost neither a
/// connection nor a caller's reply, and there is nobody left to tell.
/// </summary>
internal sealed class QuietLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // See above.
        }
    }
}
