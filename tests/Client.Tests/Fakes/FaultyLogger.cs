using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>A logger that keeps what it is given, and throws afterwards when a test wants it to.</summary>
internal sealed class FaultyLogger : ILogger
{
    private readonly FakeLogger _kept = new();

    public FakeLogCollector Collector => _kept.Collector;

    public Exception? Fault { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _kept.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _kept.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _kept.Log(logLevel, eventId, state, exception, formatter);
        if (Fault is { } fault) throw fault;
    }
}
