namespace OrleansEcho.LoadTest.Results;

/// <summary>Writes a file whole or not at all: who reads it while it is written finds the one before.</summary>
internal static class OutputFile
{
    /// <summary>Writes to a file beside it, and moves that to its place.</summary>
    /// <param name="path">The file. Its folder is made where there is none.</param>
    /// <param name="write">Writes what is in it; UTF-8 without a mark, and lines that end with LF.</param>
    /// <param name="cancellation">Gives up; what was there before stays.</param>
    /// <exception cref="OutputFileException">It cannot be written: no permission, no space, a folder of that name.</exception>
    public static Task WriteAsync(string path, Action<TextWriter> write, CancellationToken cancellation) => WriteAsync(
        path,
        async (stream, token) =>
        {
            await using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            write(writer);
            await writer.FlushAsync(token);
        },
        cancellation);

    /// <inheritdoc cref="WriteAsync(string, Action{TextWriter}, CancellationToken)"/>
    public static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var temporary = "";
        try
        {
            var full = Path.GetFullPath(path);
            if (Directory.Exists(full)) throw new IOException("there is a folder of that name");
            var folder = Path.GetDirectoryName(full)!;
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}"); // the same file system, so that the move is one step
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)) await write(stream, cancellation);
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OutputFileException($"{path}: cannot be written ({Reason(e)}); choose another place, or make room and give permission there.", e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Why a file could not be had, in a few words.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "no permission",
        FileNotFoundException or DirectoryNotFoundException => "there is none",
        _ => exception.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };

    private static void TryDelete(string temporary)
    {
        try
        {
            if (temporary.Length > 0) File.Delete(temporary); // is nothing after the move
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was to be told about this file was told already.
        }
    }
}
