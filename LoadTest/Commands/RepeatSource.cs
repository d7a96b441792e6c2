using System.Text.Json;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Reads what is to be run again: the scenario of a result, or a scenario. Which of them a file is, its content says.</summary>
internal static class RepeatSource
{
    /// <summary>Reads it.</summary>
    /// <param name="name">A file, or the name of a ready scenario.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The scenario; or null, and everything that is wrong with it, a line each.</returns>
    /// <exception cref="OutputFileException">The file cannot be read, or is a result that cannot be read.</exception>
    public static async Task<(LoadScenario? Scenario, IReadOnlyList<string> Faults)> ReadAsync(string name, CancellationToken cancellation)
    {
        var isFile = File.Exists(name);
        if (!isFile && !ReadyScenarios.Names.Contains(name)) return (null, [$"'{name}' is no file, and no ready scenario; {Nearest.Advice(name, ReadyScenarios.Names)}"]);
        var path = isFile ? name : ReadyScenarios.FileOf(name);
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputFileException($"{path}: cannot be read ({OutputFile.Reason(e)}); give a scenario, or a file that --json has written.", e);
        }

        if (IsResult(bytes)) return (RunResultFile.Read(bytes, path).Scenario, []);
        using var text = new StreamReader(new MemoryStream(bytes));
        var (file, faults) = ScenarioReader.Read(await text.ReadToEndAsync(cancellation), path, ScenarioReader.Nothing);
        return (file is null ? null : AllowedErrors.Of(file), faults);
    }

    // A result begins with its schema, so that one of which the end is missing is still a result: what is wrong with it is told as such.
    // A scenario has no such key.
    private static bool IsResult(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth is 1 && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("schema"u8)) return true;
            }
        }
        catch (JsonException)
        {
            // It is YAML, or broken before there was a schema: the scenario's reader says where.
        }

        return false;
    }
}
