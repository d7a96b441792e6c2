using System.Globalization;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The folder that each run's result goes to.</summary>
/// <param name="folder">The folder; null for none.</param>
internal sealed class KeptRuns(string? folder)
{
    /// <summary>Where what was made is, as a sentence after another; nothing where it is nowhere.</summary>
    public string Where => folder is null ? "" : $" What was made until then is in {folder}.";

    /// <summary>Makes the folder, and sees whether results can be written there: better known before hours of runs than after them.</summary>
    /// <returns>What is in the way; null for nothing.</returns>
    public string? FindFault(int pairs)
    {
        if (folder is null) return null;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"--keep: the folder {folder} cannot be made ({OutputFile.Reason(e)}); choose another place.";
        }

        string[] names = [.. Enumerable.Range(1, pairs).SelectMany(number => (string[])[NameOf("A", number), NameOf("B", number)])];
        return names.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } there
            ? $"--keep: {folder} has a {there} already, and results are not written over; name another folder."
            : OutputProbe.FaultOf("--keep", Path.Combine(folder, names[0]));
    }

    /// <summary>Writes a result, even when the runs are being ended.</summary>
    /// <exception cref="OutputFileException">It cannot be written.</exception>
    public Task WriteAsync(string side, int number, RunResult result) =>
        folder is null ? Task.CompletedTask : RunResultFile.WriteAsync(result, Path.Combine(folder, NameOf(side, number)), CancellationToken.None);

    // In order of their names they are in order of time.
    private static string NameOf(string side, int number) => $"{side.ToLowerInvariant()}-{number.ToString("00", CultureInfo.InvariantCulture)}.json";
}
