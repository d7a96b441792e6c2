using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansEcho.LoadTest.Results;

/// <summary>A result as a JSON file; its form is <c>run-result.schema.json</c>, beside this.</summary>
internal static class RunResultFile
{
    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="OutputFileException">It cannot be written.</exception>
    public static Task WriteAsync(RunResult result, string path, CancellationToken cancellation) => OutputFile.WriteAsync(
        path,
        (stream, token) => JsonSerializer.SerializeAsync(stream, Ordered(result), RunResultJson.Default.RunResult, token),
        cancellation);

    /// <summary>Reads it, and sees to it that reports can rely on it.</summary>
    /// <exception cref="OutputFileException">It cannot be read, is no result, or is one of another version.</exception>
    public static async Task<RunResult> ReadAsync(string path, CancellationToken cancellation)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OutputFileException($"{path}: cannot be read ({OutputFile.Reason(e)}); give a file that --json has written.", e);
        }

        return Read(bytes, path);
    }

    /// <summary>As <see cref="ReadAsync"/>, of bytes.</summary>
    /// <param name="json">UTF-8, with a mark or without.</param>
    /// <param name="name">What messages call it.</param>
    public static RunResult Read(ReadOnlyMemory<byte> json, string name)
    {
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            CheckSchema(json, name);
            var result = JsonSerializer.Deserialize(json.Span, RunResultJson.Default.RunResult)!; // null was refused with the schema
            return Fault(result) is { } fault ? throw NoResult(name, fault) : result;
        }
        catch (JsonException e)
        {
            throw NoResult($"{name}{Place(e)}", What(e), e);
        }
    }

    // The version before everything else: what another version has in other places is not this file's fault.
    private static void CheckSchema(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty("schema", out var schema))
        {
            throw NoResult(name, "it has no schema");
        }

        if (document.RootElement.TryGetProperty("objective", out _)) throw NoResult(name, "but one of search, whose --confirmed writes a run");
        if (schema.ValueKind is JsonValueKind.Number && schema.TryGetInt32(out var version) && version is RunResult.CurrentSchema) return;
        var found = schema.GetRawText();
        throw new OutputFileException(
            $"{name}: has schema {(found.Length > 20 ? found[..20] + "…" : found).ReplaceLineEndings(" ")}, and this load tester reads schema {RunResult.CurrentSchema}; use the load tester that wrote it.");
    }

    private static string? Fault(RunResult result)
    {
        if (result.Scenario.Targets.Count is 0 || result.Scenario.Targets.Count != result.Targets.Count) return "targets and scenario.targets are not as many";
        if (result.Intervals.Any(i => i.MessagesByTarget.Count != result.Targets.Count)) return "an interval has more or fewer targets than the scenario";
        if (!double.IsFinite(result.Seconds) || result.Seconds < 0) return "seconds is no time";
        LatencyFigures[] all = [.. Latencies(result.Total), .. result.Targets.SelectMany(t => Latencies(t.Figures)), result.Generator.SendLag];
        return all.Any(l => Histograms.TryDecode(l.Histogram) is null) ? "a histogram in it is not one of HdrHistogram's" : null;
    }

    private static LatencyFigures[] Latencies(LoadFigures figures) => [figures.Latency, figures.ServiceTime, figures.ConnectTime];

    // The same result is the same file, in whatever order things happened to be counted.
    private static RunResult Ordered(RunResult result) => result with
    {
        Total = Ordered(result.Total),
        Targets = [.. result.Targets.Select(t => t with { Figures = Ordered(t.Figures) })],
    };

    private static LoadFigures Ordered(LoadFigures figures) => figures with
    {
        Errors = figures.Errors.ToImmutableSortedDictionary(),
        Refusals = figures.Refusals.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static OutputFileException NoResult(string place, string why, Exception? inner = null) =>
        new($"{place}: is no result of a load test ({why}); give a file that --json has written.", inner);

    // Lines and bytes count from 0 in the exception, and from 1 in every editor.
    private static string Place(JsonException e) => e.LineNumber is { } line ? $":{line + 1}:{(e.BytePositionInLine ?? 0) + 1}" : "";

    private static string What(JsonException e)
    {
        var message = e.Message.ReplaceLineEndings(" ");
        foreach (var tail in (string[])[" Path: ", " LineNumber: "])
        {
            if (message.IndexOf(tail, StringComparison.Ordinal) is > 0 and var end) message = message[..end];
        }

        message = message.Replace("OrleansEcho.LoadTest.Results.", "", StringComparison.Ordinal).Replace("OrleansEcho.LoadTest.Scenarios.", "", StringComparison.Ordinal).TrimEnd('.', ' ', '|');
        return string.IsNullOrEmpty(e.Path) || e.Path is "$" ? message : $"{e.Path}: {message}";
    }
}
