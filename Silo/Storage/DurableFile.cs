using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// Replaces and removes files so that a crash of the process or of the machine, at any moment, leaves the old content or the new one, never
/// a mixture; and so that what has returned is kept.
/// </summary>
/// <remarks>
/// 1. Write beside it. 2. fsync: the content is on the disk. 3. Rename: readers see the old or the new. 4. fsync of the folder: the name is
/// on the disk, too. As far as the disk tells the truth about its cache. Windows has no fourth step; there a loss of power may bring back
/// the old content.
/// </remarks>
internal static partial class DurableFile
{
    /// <summary>How the name of a file ends that was not finished.</summary>
    public const string UnfinishedSuffix = ".tmp";

    /// <summary>Gives a file new content. The caller sees to it that nobody else replaces the same file meanwhile.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = path + UnfinishedSuffix;
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        FlushFolderOf(path);
    }

    /// <summary>Removes a file.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        FlushFolderOf(path);
    }

    // .NET opens no folder.
    private static void FlushFolderOf(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Path.GetDirectoryName(path)!;
        using var handle = new SafeFileHandle(Open(folder, 0), ownsHandle: true); // 0: O_RDONLY
        if (handle.IsInvalid || Flush(handle) is not 0) throw new IOException($"The folder {folder} cannot be flushed to the disk: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Flush(SafeFileHandle file);
}
