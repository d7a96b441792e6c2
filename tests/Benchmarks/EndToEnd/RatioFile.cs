using System.Text.Json;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>Ratios of CPU a message that were measured once, by server and load: <c>{"cluster W1": 2.31}</c>.</summary>
internal static class RatioFile
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Reads them.</summary>
    /// <exception cref="MeasurementException">It cannot be read, or is no such file.</exception>
    public static async Task<IReadOnlyDictionary<string, double>> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, double>>(await File.ReadAllTextAsync(file, cancellation)) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new MeasurementException($"{file}: holds no ratios that can be read ({e.Message}); make one with --store {file}.", e);
        }
    }

    /// <summary>Stores some. Those of other servers and loads that the file has stay.</summary>
    public static async Task StoreAsync(string file, IEnumerable<KeyValuePair<string, double>> ratios, CancellationToken cancellation)
    {
        var all = new SortedDictionary<string, double>(StringComparer.Ordinal);
        if (File.Exists(file))
        {
            foreach (var (key, ratio) in await ReadAsync(file, cancellation)) all[key] = ratio;
        }

        foreach (var (key, ratio) in ratios) all[key] = Math.Round(ratio, 2); // more digits would be the machine's
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(all, Json) + "\n", cancellation);
    }
}
