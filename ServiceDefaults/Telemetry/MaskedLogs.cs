using OpenTelemetry;
using OpenTelemetry.Logs;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>
/// Takes passwords out of a log entry before it goes to a collector, as <see cref="LogLineFormatter"/> does before it is printed.
/// </summary>
internal sealed class MaskedLogs : BaseProcessor<LogRecord>
{
    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.FormattedMessage is { } message) data.FormattedMessage = Shown.Masked(message);
        if (data.Body is { } body) data.Body = Shown.Masked(body);
        var attributes = data.Attributes ?? [];
        var masked = attributes.Select(a => KeyValuePair.Create(a.Key, Masked(a.Value))).ToList();
        if (data.Exception is { } exception && exception.ToString() is var words && Shown.Masked(words) is var shown && !ReferenceEquals(words, shown))
        {
            // An exception's text cannot be changed: its attributes are sent without it, as the exporter would name them.
            data.Exception = null;
            masked.Add(new("exception.type", exception.GetType().FullName));
            masked.Add(new("exception.message", Shown.Masked(exception.Message)));
            masked.Add(new("exception.stacktrace", shown));
        }

        if (masked.Count == attributes.Count && masked.Zip(attributes).All(pair => ReferenceEquals(pair.First.Value, pair.Second.Value))) return;
        data.Attributes = masked;
    }

    // What is no text is exported by its words.
    private static object? Masked(object? value) =>
        value?.ToString() is { } words && Shown.Masked(words) is var shown && !ReferenceEquals(words, shown) ? shown : value;
}
