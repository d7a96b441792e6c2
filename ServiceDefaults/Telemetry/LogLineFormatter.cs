using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>
/// Writes a log entry as one line: <c>2026-01-31T12:00:00.000Z info: Category[1234] message exception</c>. Names of peers and of listeners stand in
/// messages, and .NET's own formatter writes their control characters as they are: here nothing in an entry steers the terminal or begins a second line.
/// </summary>
internal sealed class LogLineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>What <c>Logging:Console:FormatterName</c> calls it.</summary>
    public const string FormatterName = "line";

    private const string NoColor = "\u001b[39m\u001b[22m\u001b[49m";
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    // As .NET's own: none where the output goes into a file or another program, unless somebody insists; and none for who asks for none (no-color.org).
    private readonly bool _hasColors = Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
        && (!Console.IsOutputRedirected || Environment.GetEnvironmentVariable("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION") is "1" or "true");

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (message.Length is 0 && logEntry.Exception is null) return;
        textWriter.Write(TimeProvider.System.GetUtcNow().ToString(TimestampFormat, CultureInfo.InvariantCulture));
        var (word, color) = Level(logEntry.LogLevel);
        if (_hasColors) textWriter.Write(color);
        textWriter.Write(word);
        if (_hasColors) textWriter.Write(NoColor);
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id);
        textWriter.Write("] ");
        textWriter.Write(Shown.Text(message));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            // A stack trace is to be read, and has a line for each call. A password with a line break in it is to be found before.
            textWriter.Write(Shown.Text(Shown.Masked(exception.ToString()).ReplaceLineEndings(" ")));
        }

        textWriter.Write('\n');
    }

    private static (string Word, string Color) Level(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", "\u001b[37m"),
        LogLevel.Debug => ("dbug", "\u001b[37m"),
        LogLevel.Information => ("info", "\u001b[32m"),
        LogLevel.Warning => ("warn", "\u001b[1m\u001b[33m"),
        LogLevel.Error => ("fail", "\u001b[41m\u001b[30m"),
        _ => ("crit", "\u001b[41m\u001b[1m\u001b[37m"),
    };
}
