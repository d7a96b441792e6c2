using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// The file of a Unix socket that this process has bound. It is removed before the drain, so that another process may bind the path
/// meanwhile; but only while it is ours: somebody may have put something else there.
/// </summary>
internal sealed partial class SocketFile
{
    private readonly string _path;
    private readonly FileIdentity? _identity;
    private int _isRemoved;

    /// <summary>Remembers what lies at the path, right after the bind.</summary>
    public SocketFile(string path) => (_path, _identity) = (path, FileIdentity.Of(path));

    /// <summary>
    /// Removes it once. The socket has to be open still: until it is closed, the kernel gives its inode to no other file. It never fails:
    /// who stops has more to do.
    /// </summary>
    public void Remove(ILogger logger)
    {
        if (Interlocked.Exchange(ref _isRemoved, 1) is not 0) return;
        if (_identity is null)
        {
            if (Path.Exists(_path)) Log.Stays(logger, _path, "the system did not tell which file it is");
            return;
        }

        if (FileIdentity.Of(_path) is var there && there != _identity)
        {
            if (there is not null) Log.NotOurs(logger, _path);
            return;
        }

        try
        {
            File.Delete(_path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.Stays(logger, _path, fault.Message.TrimEnd('.'));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2021, LogLevel.Warning, "What lies at {Path} now is not the socket that this gateway has bound: it is left alone.")]
        public static partial void NotOurs(ILogger logger, string path);

        [LoggerMessage(
            2022, LogLevel.Warning, "The file of the socket {Path} cannot be removed: {Why}. The next gateway there removes it.")]
        public static partial void Stays(ILogger logger, string path, string why);
    }
}
