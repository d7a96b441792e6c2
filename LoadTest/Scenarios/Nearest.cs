namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary>The word that differs least; null when none is near.</summary>
    public static string? To(string word, IEnumerable<string> words)
    {
        var (nearest, distance) = words.Select(w => (w, Distance(w, word))).MinBy(pair => pair.Item2);
        return nearest is not null && distance <= Math.Max(1, word.Length / 3) ? nearest : null;
    }

    /// <summary>What to do about an unknown word: take the nearest one, or one of all.</summary>
    public static string Advice(string word, IReadOnlyCollection<string> words) =>
        To(word, words) is { } nearest ? $"did you mean {nearest}?" : $"there are {string.Join(", ", words)}.";

    // Levenshtein's, row by row.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
