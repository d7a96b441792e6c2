using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansEcho.LoadTest.Results;

/// <summary>What a process has open already, named by a path: <c>/dev/stdout</c>, <c>/dev/fd/63</c>, <c>/proc/4711/fd/1</c>.</summary>
/// <param name="IsOurs">
/// Whether it is this process that has it open. Each process has a standard output of its own, under the same number.
/// </param>
/// <param name="Number">Its number in that process: 1 is standard output, 2 is standard error.</param>
internal readonly partial record struct OpenDescriptor(bool IsOurs, int Number)
{
    private const int MostLinks = 40; // the kernel follows no more (path_resolution(7))

    /// <summary>
    /// Looks at a full path, and at what it is a link to. The descriptor's own link is not followed: that leads to the file behind it.
    /// </summary>
    /// <returns>The descriptor; null where the path names none.</returns>
    public static OpenDescriptor? Find(string path)
    {
        for (var left = MostLinks; left > 0; left--)
        {
            if (Name().Match(path) is { Success: true } name) return Of(name);
            if (new FileInfo(path).LinkTarget is not { } target) return null;
            path = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        }

        return null;
    }

    private static OpenDescriptor Of(Match name)
    {
        var owner = name.Groups["owner"];
        var isOurs = !owner.Success
            || owner.Value is "self" or "thread-self" || owner.Value == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (name.Groups["stream"] is { Success: true } stream) return new OpenDescriptor(isOurs, stream.Value is "stdout" ? 1 : 2);
        return new OpenDescriptor(isOurs, int.Parse(name.Groups["number"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("^/dev/(?<stream>stdout|stderr)$|^(/dev|/proc/(?<owner>self|thread-self|[0-9]+))/fd/(?<number>[0-9]{1,9})$")]
    private static partial Regex Name();
}
