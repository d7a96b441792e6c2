using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>
/// The standard variables of OpenTelemetry, as far as its .NET libraries read them: those fall back to a default without a word where a value makes no sense, and telemetry goes nowhere.
/// </summary>
internal static class OtelVariables
{
    private const string Otlp = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Signals = ["", "METRICS_", "TRACES_", "LOGS_"];

    private static readonly string[] Queues = ["OTEL_BSP_", "OTEL_BLRP_"]; // of traces, and of logs

    private static readonly (string Name, Func<string, string?> Check)[] Checked =
    [
        .. Signals.Select(signal => (Otlp + signal + "ENDPOINT", (Func<string, string?>)Endpoint)),
        .. Signals.Select(signal => (Otlp + signal + "PROTOCOL", OneOf("grpc", "http/protobuf"))),
        .. Signals.Select(signal => (Otlp + signal + "HEADERS", (Func<string, string?>)Headers)),
        .. Signals.Select(signal => (Otlp + signal + "TIMEOUT", (Func<string, string?>)Milliseconds)),
        .. Signals.Select(signal => (Otlp + signal + "COMPRESSION", OneOf("none", "gzip"))),
        .. from file in (string[])["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"] select (Otlp + file, (Func<string, string?>)ExistingFile),
        (Otlp + "METRICS_TEMPORALITY_PREFERENCE", OneOf("cumulative", "delta", "lowmemory")),
        (Otlp + "METRICS_DEFAULT_HISTOGRAM_AGGREGATION", OneOf("explicit_bucket_histogram", "base2_exponential_bucket_histogram")),
        ("OTEL_METRIC_EXPORT_INTERVAL", Milliseconds),
        ("OTEL_METRIC_EXPORT_TIMEOUT", Milliseconds),
        ("OTEL_METRICS_EXEMPLAR_FILTER", OneOf("always_off", "always_on", "trace_based")),
        .. from queue in Queues from name in (string[])["SCHEDULE_DELAY", "EXPORT_TIMEOUT"] select (queue + name, (Func<string, string?>)Milliseconds),
        .. from queue in Queues from name in (string[])["MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"] select (queue + name, (Func<string, string?>)Number),
        ("OTEL_TRACES_SAMPLER", OneOf("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")),
        ("OTEL_TRACES_SAMPLER_ARG", Share),
        ("OTEL_RESOURCE_ATTRIBUTES", Attributes),
        ("OTEL_SDK_DISABLED", OneOf("true", "false")),
    ];

    /// <summary>Whether something is to be sent over OTLP: the variable for all signals names a collector, or that for one of them.</summary>
    public static bool NamesACollector(IConfiguration configuration) => Signals.Any(signal => !string.IsNullOrEmpty(configuration[Otlp + signal + "ENDPOINT"]));

    /// <summary>What is wrong with them: a line each, without what may be secret.</summary>
    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        foreach (var (name, check) in Checked)
        {
            // An empty one counts as none, as the standard has it.
            if (configuration[name] is { Length: > 0 } value && check(value) is { } fault) yield return $"{name}: {fault}";
        }

        foreach (var queue in Queues)
        {
            var (size, batch) = (configuration[queue + "MAX_QUEUE_SIZE"] ?? "2048", configuration[queue + "MAX_EXPORT_BATCH_SIZE"] ?? "512"); // the standard's defaults
            if (IsPositive(size) && IsPositive(batch) && Parse(batch) > Parse(size)) yield return $"{queue}MAX_EXPORT_BATCH_SIZE: {batch} do not fit into {queue}MAX_QUEUE_SIZE, {size}; write less, or a longer queue.";
        }
    }

    // A user's name and password may stand before an @.
    private static string? Endpoint(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? null
            : $"{(value.Contains('@', StringComparison.Ordinal) ? "it" : Shown.Value(value))} is no URL of a collector; write one such as http://localhost:4317.";

    // They carry what proves who may write there.
    private static string? Headers(string value) => IsList(value, mayBeEmpty: false) ? null : "it is no list of headers; write name=value, with commas between.";

    private static string? Attributes(string value) => IsList(value, mayBeEmpty: true) ? null : $"{Shown.Value(value)} is no list of attributes; write name=value, with commas between.";

    private static bool IsList(string value, bool mayBeEmpty) => value.Split(',', StringSplitOptions.TrimEntries).All(pair => pair.Length is 0 ? mayBeEmpty : pair.IndexOf('=', StringComparison.Ordinal) > 0);

    private static string? Milliseconds(string value) => IsPositive(value) ? null : $"{Shown.Value(value)} is no number of milliseconds; write one from 1, without a unit.";

    private static string? Number(string value) => IsPositive(value) ? null : $"{Shown.Value(value)} is no number; write one from 1.";

    private static string? ExistingFile(string value) => File.Exists(value) ? null : $"there is no file {Shown.Value(value)}.";

    private static int Parse(string number) => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);

    private static bool IsPositive(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;

    private static string? Share(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? null : $"{Shown.Value(value)} is no share; write a number from 0 to 1.";

    private static Func<string, string?> OneOf(params string[] words) =>
        value => words.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : $"{Shown.Value(value)} is not known; write one of {string.Join(", ", words)}.";
}
