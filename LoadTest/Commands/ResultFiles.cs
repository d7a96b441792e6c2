using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The files that results go to.</summary>
/// <typeparam name="T">What is written.</typeparam>
internal sealed class ResultFiles<T>(IEnumerable<(ResultFormat<T> Format, string Path)> files)
{
    private readonly (ResultFormat<T> Format, string Path)[] _files = [.. files];
    private readonly List<string> _written = [];

    /// <summary>Options that name the same file.</summary>
    public IReadOnlyList<string> Contradictions =>
    [
        .. _files.GroupBy(f => Path.GetFullPath(f.Path)).Where(group => group.Count() > 1)
            .Select(group => $"{string.Join(" and ", group.Select(f => f.Format.Option))} both write to {group.First().Path}; give each a file of its own."),
    ];

    /// <summary>The files that could not be written: better known before a run of an hour than after it. What is in them stays.</summary>
    public IReadOnlyList<string> FindUnwritable() => [.. _files.Select(f => OutputProbe.FaultOf(f.Format.Option, f.Path)).OfType<string>()];

    /// <summary>Where those went that were written, in a line; null for none.</summary>
    public string? Written => _written.Count is 0 ? null : $"Written: {string.Join(", ", _written)}.";

    /// <summary>Writes all of them, whatever becomes of one.</summary>
    /// <returns>What could not be written, a line each.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(T result, CancellationToken cancellation)
    {
        var faults = new List<string>();
        foreach (var (format, path) in _files)
        {
            try
            {
                await format.WriteAsync(result, path, cancellation);
                _written.Add(Path.GetFullPath(path));
            }
            catch (Exception e) when (e is CannotRunException or OutputFileException)
            {
                faults.Add($"{format.Option}: {e.Message}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add(OutputProbe.Fault(format.Option, path, e));
            }
        }

        return faults;
    }
}
