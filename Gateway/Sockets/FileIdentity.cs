using System.Runtime.CompilerServices;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>Which file lies at a path: two of them are the same where device and inode are.</summary>
/// <param name="Device">The device, as major and minor number.</param>
/// <param name="Inode">
/// The file's number on the device. It may become another file's when this one is gone: a socket that is bound keeps it.
/// </param>
internal readonly record struct FileIdentity((uint Major, uint Minor) Device, ulong Inode)
{
    // struct statx (statx(2)), which is the same on all of Linux' architectures, as struct stat is not.
    private const int StatxBytes = 256;
    private const int InodeOffset = 32;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;

    /// <summary>Looks at a path, and does not follow a link there.</summary>
    /// <returns>The file; null when there is none, or the system does not tell.</returns>
    public static unsafe FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var file = stackalloc byte[StatxBytes];
        try
        {
            if (Libc.StatX(Libc.CurrentDirectory, path, Libc.NoFollow, Libc.BasicStats, file) < 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // an old libc
        }

        return new FileIdentity((At<uint>(DeviceMajorOffset), At<uint>(DeviceMinorOffset)), At<ulong>(InodeOffset));

        T At<T>(int offset)
            where T : unmanaged => Unsafe.ReadUnaligned<T>(file + offset);
    }
}
