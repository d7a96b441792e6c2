using System.Globalization;

namespace OrleansEcho.LoadTest.Load;

/// <summary>How many files this process may open: a connection is one.</summary>
internal static class OpenFiles
{
    // What a run opens besides its connections: pipes, event queues, results.
    private const int Spare = 32;

    /// <summary>How many connections it may have now; null where nothing says so.</summary>
    /// <remarks>Linux alone has this limit in a file (proc_pid_limits(5)). The runtime has raised the soft limit to the hard one at its start.</remarks>
    public static int? Left()
    {
        const string Limits = "/proc/self/limits", Own = "/proc/self/fd", Row = "Max open files";
        if (!File.Exists(Limits)) return null;
        var words = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Row, StringComparison.Ordinal))?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var soft, ..] || !int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)) return null; // "unlimited"
        return Math.Max(0, limit - Directory.EnumerateFileSystemEntries(Own).Count() - Spare);
    }

    /// <summary>Sees that so many connections can be.</summary>
    /// <exception cref="CannotRunException">They cannot.</exception>
    public static void Need(int connections)
    {
        if (Left() is { } left && connections > left)
            throw new CannotRunException($"{connections} connections are more than this process may open: the limit of its open files leaves room for {left}. Raise the limit (ulimit -n), or load from several workers.");
    }
}
