using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// The folder that the state of grains lies in, held by one process from its start to its end: two that write would undo each other's.
/// </summary>
/// <remarks>
/// The lock is one on an open file: the kernel lets it go when the process ends, however that happens, and no stale one can be left. It
/// does not reach across machines on every network file system.
/// </remarks>
internal sealed class FileStorageFolder(IOptions<StorageOptions> options) : IHostedService, IDisposable
{
    private const string Key = $"{StorageOptions.Section}:{nameof(StorageOptions.Folder)}";
    private const string LockName = "lock";
    private FileStream? _lock;

    /// <summary>The folder, as a full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Value.Folder);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Failure, $"The folder {Path} ({Key}) cannot be made: {fault.Message.TrimEnd('.')}; make it, or choose another with --{Key}=FOLDER.", fault);
        }

        try
        {
            _lock = new FileStream(System.IO.Path.Combine(Path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var leftover in Directory.EnumerateFiles(Path, "*" + DurableFile.UnfinishedSuffix)) File.Delete(leftover);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new StartupException(ExitCode.Failure, $"The folder {Path} ({Key}) may not be written to by this user; change that, or choose another with --{Key}=FOLDER.", fault);
        }
        catch (IOException fault) when (IsLocked(fault))
        {
            throw new StartupException(ExitCode.Failure, $"The folder {Path} ({Key}) is in use by another process; stop it, or choose another with --{Key}=FOLDER.", fault);
        }
        catch (IOException fault)
        {
            throw new StartupException(ExitCode.Failure, $"The folder {Path} ({Key}) cannot be written to: {Reachability.Lower(fault.Message.Split(" : '")[0].TrimEnd('.'))}; mend that, or choose another with --{Key}=FOLDER.", fault);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What .NET says of a lock that another process has: the system's own number of the fault.
    private static bool IsLocked(IOException fault)
    {
        const int windowsSharingViolation = unchecked((int)0x80070020);
        const int wouldBlockOnLinux = 11;
        const int wouldBlockOnMacOs = 35;
        return fault.HResult == (OperatingSystem.IsWindows() ? windowsSharingViolation : OperatingSystem.IsLinux() ? wouldBlockOnLinux : wouldBlockOnMacOs);
    }

    // Not at the stop: by then the silo's last writes have not all ended.
    public void Dispose() => _lock?.Dispose();
}
