using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// Names one connection and keys its grain: the gateway run that accepted it, then its number there, as in <c>k7f3qz9d2m4x-1</c>.
/// Unique across the cluster, because each run of a gateway draws 60 random bits; short, because it stands in every log line.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.ConnectionId")]
public readonly record struct ConnectionId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32: no i, l, o, u to misread
    private const int RunLength = 12;
    private static readonly SearchValues<char> RunCharacters = SearchValues.Create(Alphabet);

    private ConnectionId(string value) => Value = value;

    /// <summary>The text of the id; null only for <c>default</c>.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The name of the gateway's run.</summary>
    public string Run => Value[..RunLength];

    /// <summary>The number of the connection in its gateway's run: 1, 2, …</summary>
    public long Number => long.Parse(Value.AsSpan(RunLength + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Draws the name of one run of a gateway: the first part of all its connections' ids.</summary>
    public static string NewRun() => RandomNumberGenerator.GetString(Alphabet, RunLength);

    /// <summary>Names the connection with this number (1, 2, …) of a gateway's run.</summary>
    /// <exception cref="ArgumentException">The run does not come from <see cref="NewRun"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public static ConnectionId Create(string run, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        return TryParse(string.Create(CultureInfo.InvariantCulture, $"{run}-{number}"), out var id) ? id : throw new ArgumentException($"'{run}' does not name a gateway's run.", nameof(run));
    }

    /// <summary>Reads an id back from its text, as an operator types it. Total: any text gives an answer.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConnectionId id)
    {
        id = default;
        if (text is null || text.Length < RunLength + 2 || text[RunLength] != '-') return false;
        var run = text.AsSpan(0, RunLength);
        var number = text.AsSpan(RunLength + 1);
        if (run.ContainsAnyExcept(RunCharacters) || number[0] == '0' || number.ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        id = new ConnectionId(text);
        return true;
    }

    /// <summary>The text of the id.</summary>
    public override string ToString() => Value ?? "(none)";
}
