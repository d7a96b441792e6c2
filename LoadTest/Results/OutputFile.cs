namespace OrleansEcho.LoadTest.Results;

/// <summary>
/// Writes a file whole or not at all: who reads it while it is written finds the one before. What is no file of its own (a device, a
/// pipe, one of several names) is written to, and stays what it is; a link stays a link, and a file whose it is.
/// </summary>
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
        try
        {
            var full = Path.GetFullPath(path);
            if (Directory.Exists(full)) throw new IOException("there is a folder of that name");
            var there = UnixFile.Find(full);
            if (IsWrittenTo(full)) await WriteToAsync(full, write, cancellation);
            else if (there is not { } file) await ReplaceAsync(TargetOf(full), null, write, cancellation);
            else if (file.Links > 1 || !await ReplaceAsync(TargetOf(full), file, write, cancellation))
            {
                await OverwriteAsync(full, write, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OutputFileException(
                $"{path}: cannot be written ({Reason(e)}); choose another place, or make room and give permission there.", e);
        }
    }

    /// <summary>The file that a path leads to, links followed, whether it is there or not.</summary>
    public static string TargetOf(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(path);

    /// <summary>
    /// Whether a path leads to what is no file of its own, and stays what it is: a device, a pipe, or what a process has open.
    /// </summary>
    public static bool IsWrittenTo(string path) =>
        OpenDescriptor.Find(Path.GetFullPath(path)) is not null || UnixFile.Find(path) is { IsRegular: false };

    /// <summary>Removes what an earlier run has written there; what is only written to is nobody's result.</summary>
    public static void Remove(string path)
    {
        if (!IsWrittenTo(path) && File.Exists(path)) File.Delete(TargetOf(path));
    }

    /// <summary>Why a file could not be had, in a few words.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "no permission",
        FileNotFoundException or DirectoryNotFoundException => "there is none",
        _ => exception.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };

    // A device, a pipe, or what a process was given open: standard output may be a file that a shell has begun.
    private static async Task WriteToAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        await using var stream = OpenDescriptor.Find(path) switch
        {
            { IsOurs: true, Number: 1 } => Console.OpenStandardOutput(),
            { IsOurs: true, Number: 2 } => Console.OpenStandardError(),
            _ => new FileStream(
                path, UnixFile.Find(path) is { IsRegular: true } ? FileMode.Append : FileMode.Open, FileAccess.Write, FileShare.ReadWrite),
        };
        await write(stream, cancellation);
    }

    // False, with everything as it was, where the new file could not be the same one's.
    private static async Task<bool> ReplaceAsync(
        string path, UnixFile? there, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(path)!;
        // The same file system, so that the move is one step.
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            if (there is null) Directory.CreateDirectory(folder);
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                if (there is { } file && !file.TryGiveOwnerTo(temporary)) return false;
                if (there is not null && !OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
                await write(stream, cancellation);
            }

            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (UnauthorizedAccessException) when (there is not null)
        {
            return false; // the folder is another's, and the file may be ours
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    // What it is to be is known as a whole before anything of the old is gone.
    private static async Task OverwriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        await write(all, cancellation);
        all.Position = 0;
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
        await all.CopyToAsync(stream, cancellation);
    }

    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary); // is nothing after the move
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was to be told about this file was told already.
        }
    }
}
