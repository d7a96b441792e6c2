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

    // Levenshtein's, row by row, in which two neighbours that changed places are one difference (Damerau).
    private static int Distance(string a, string b)
    {
        var (before, last) = (Array.Empty<int>(), Enumerable.Range(0, b.Length + 1).ToArray());
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
