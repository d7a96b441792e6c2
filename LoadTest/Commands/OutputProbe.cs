using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Sees whether a file can be written, before there is anything to be written.</summary>
internal static class OutputProbe
{
    /// <summary>What is in the way; null for nothing. What is in the file stays, and a pipe's reader notices nothing.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="path">The file.</param>
    public static string? FaultOf(string option, string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new UnauthorizedAccessException();
            if (OutputFile.IsWrittenTo(path))
            {
                return UnixFile.IsWritable(path) ? null : Fault(option, path, new UnauthorizedAccessException());
            }

            var target = OutputFile.TargetOf(path);
            var isNew = !File.Exists(target);
            using (File.Open(target, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }

            if (isNew) File.Delete(target);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault(option, path, e);
        }
    }

    /// <summary>Why a file could not be written, and what to do, in a line.</summary>
    public static string Fault(string option, string path, Exception e) => $"{option}: {path} cannot be written: " + e switch
    {
        DirectoryNotFoundException => "there is no such folder; make it, or choose another.",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a folder; name a file in it.",
        UnauthorizedAccessException => "it is not allowed; choose another place.",
        _ => "the disk may be full, or the name too long; choose another place.",
    };
}
