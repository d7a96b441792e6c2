namespace OrleansEcho.ServiceDefaults;

/// <summary>What lies at the path of a Unix socket.</summary>
public static class SocketPath
{
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
}
