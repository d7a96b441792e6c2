using System.Runtime.InteropServices;

namespace OrleansEcho.ServiceDefaults;

/// <summary>What lies at the path of a Unix socket.</summary>
public static partial class SocketPath
{
    private const int MayWrite = 2; // W_OK
    private const int MaySearch = 1; // X_OK

    /// <summary>Whether it is a socket, whoever has bound it, and not an ordinary file, a folder, a pipe or nothing.</summary>
    /// <remarks>
    /// An ordinary file refuses connections, too. .NET does not tell a file's type, but of all files that exist a socket alone cannot be
    /// opened for this reason; to read and write, so that a named pipe does not wait for its other end.
    /// </remarks>
    public static bool IsSocket(string path)
    {
        const int noSuchDevice = 6; // ENXIO, on Linux
        const int notSupported = 102; // EOPNOTSUPP, on macOS
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException fault)
        {
            return fault.HResult is noSuchDevice or notSupported;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether this user may make and remove files in a folder, as far as the system tells without trying it.</summary>
    internal static bool MayAddTo(string folder) => !OperatingSystem.IsLinux() || Access(folder, MayWrite | MaySearch) is 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
