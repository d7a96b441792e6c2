namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>
/// Finds variables of the environment that set nothing and were probably meant to: <c>Gateway_MaxConnections</c> and <c>GATEWAY_MAX_CONNECTIONS</c> for
/// <c>Gateway__MaxConnections</c>. The environment is everybody's, so that it is no fault; a wrong guess costs a line.
/// </summary>
internal static class NearMiss
{
    // Of a whole key, from which a typing mistake is this far away and another program's variable is not.
    private const int Typo = 1;

    private static readonly char[] Separators = [':', '_', '.', '-'];

    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Find(IReadOnlyDictionary<string, string?> environment, OptionCatalog options)
    {
        foreach (var (name, value) in environment)
        {
            if (options.IsOurs(name, SettingsKind.Environment) || Option(name, options) is not { } key) continue;

            // Kubernetes sets SILO_PORT=tcp://10.0.0.1:11111 for a service of that name.
            if (value is null || options.Find(key)!.Check(value) is not null) continue;
            yield return Shown.Text($"The variable {name.Replace(":", "__", StringComparison.Ordinal)} sets nothing; did you mean {key.Replace(":", "__", StringComparison.Ordinal)}?");
        }
    }

    /// <summary>The option that a name was probably meant for; null when none is near.</summary>
    /// <param name="name">A name as somebody wrote it, with any separators.</param>
    /// <param name="options">The options that there are.</param>
    public static string? Option(string name, OptionCatalog options)
    {
        var words = name.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2) return null;
        var path = string.Join(':', words);
        if (options.Find(path) is { } exact) return exact.KeyFor(path);
        var letters = string.Concat(words);
        foreach (var entry in options.Entries)
        {
            if (letters.Equals(entry.Key.Replace(":", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) return entry.Key;
            var key = entry.KeyFor(path);
            if (Math.Abs(key.Length - path.Length) <= Typo && EditDistance.Between(key, path) <= Typo) return key;
        }

        return null;
    }
}
