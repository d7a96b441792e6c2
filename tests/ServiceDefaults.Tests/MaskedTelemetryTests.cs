using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OrleansEcho.ServiceDefaults.Telemetry;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class MaskedTelemetryTests
{
    private const string Secret = "Exported-password";

    public MaskedTelemetryTests() => Shown.Hide(Secret);

    [Fact]
    public void PasswordIsNotInALogEntryForACollector()
    {
        var last = new LastRecord();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(telemetry =>
        {
            telemetry.IncludeFormattedMessage = true;
            telemetry.AddProcessor(new MaskedLogs()).AddProcessor(last);
        })))
        {
            var fault = new InvalidOperationException($"told '{Secret}'");
            loggers.CreateLogger("test").LogWarning(fault, "{Store} repeats {Answer} {Count}", new Uri($"redis://u:{Secret}@h"), $"'{Secret}'", 7);
        }

        Assert.Equal("redis://u:***@h/ repeats '***' 7", last.Message);
        Assert.Null(last.Exception);
        Assert.Equal("redis://u:***@h/", last.Attributes["Store"]);
        Assert.Equal("'***'", last.Attributes["Answer"]);
        Assert.Equal(7, last.Attributes["Count"]);
        Assert.Equal("System.InvalidOperationException", last.Attributes["exception.type"]);
        Assert.Equal("told '***'", last.Attributes["exception.message"]);
        Assert.StartsWith("System.InvalidOperationException: told '***'", (string)last.Attributes["exception.stacktrace"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void EntryWithoutAPasswordStaysAsItIs()
    {
        var last = new LastRecord();
        var fault = new InvalidOperationException("why");
        using (var loggers = LoggerFactory.Create(
            logging => logging.AddOpenTelemetry(telemetry => telemetry.AddProcessor(new MaskedLogs()).AddProcessor(last))))
        {
            loggers.CreateLogger("test").LogWarning(fault, "{Count} times", 7);
        }

        Assert.Same(fault, last.Exception);
        Assert.Equal(7, last.Attributes["Count"]);
        Assert.Equal("{Count} times", last.Attributes["{OriginalFormat}"]);
    }

    [Fact]
    public void PasswordIsNotInASpanForACollector()
    {
        using var span = new Activity("call").SetTag("error", $"told '{Secret}'").SetTag("count", 7);
        span.SetStatus(ActivityStatusCode.Error, $"told {Secret}").Start();
        span.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        span.AddEvent(new ActivityEvent("answer", tags: new ActivityTagsCollection { ["words"] = "it rains" }));
        using var masked = new MaskedActivities();

        masked.OnEnd(span);
        Assert.Equal("told '***'", span.GetTagItem("error"));
        Assert.Equal(7, span.GetTagItem("count"));
        Assert.Equal((ActivityStatusCode.Error, "told ***"), (span.Status, span.StatusDescription));
        Assert.True(span.Recorded);

        span.AddException(new InvalidOperationException($"told '{Secret}'"));
        masked.OnEnd(span);
        Assert.False(span.Recorded); // exporters leave it out
    }

    private sealed class LastRecord : BaseProcessor<LogRecord>
    {
        public string? Message { get; private set; }

        public Exception? Exception { get; private set; }

        public Dictionary<string, object?> Attributes { get; private set; } = [];

        // What is handed on is used again.
        public override void OnEnd(LogRecord data) =>
            (Message, Exception, Attributes) = (data.FormattedMessage, data.Exception, data.Attributes!.ToDictionary(a => a.Key, a => a.Value));
    }
}
