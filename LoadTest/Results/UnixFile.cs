using System.Runtime.InteropServices;

namespace OrleansEcho.LoadTest.Results;

/// <summary>What the system says of a file that .NET does not: whether it is one at all, and whose.</summary>
/// <param name="IsRegular">Whether it is a file with bytes in it, and no device, pipe, socket or folder.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Group">Of which group.</param>
internal readonly partial record struct UnixFile(bool IsRegular, uint Links, uint User, uint Group)
{
    private const int Here = -100; // AT_FDCWD
    private const uint BasicStats = 0x7ff; // STATX_BASIC_STATS
    private const int Size = 256;
    private const int LinksAt = 16, UserAt = 20, GroupAt = 24, ModeAt = 28; // struct statx, statx(2): the same on all processors
    private const int TypeMask = 0xf000, Regular = 0x8000; // inode(7)
    private const int MayWrite = 2; // W_OK

    /// <summary>Looks at what a path leads to, links followed; null where there is nothing.</summary>
    public static UnixFile? Find(string path)
    {
        if (!OperatingSystem.IsLinux()) return Path.Exists(path) ? new UnixFile(!Directory.Exists(path), 1, 0, 0) : null;
        Span<byte> stat = stackalloc byte[Size];
        if (Statx(Here, path, 0, BasicStats, stat) is not 0) return null;
        uint At(Span<byte> bytes, int at) => MemoryMarshal.Read<uint>(bytes[at..]);
        return new UnixFile((MemoryMarshal.Read<ushort>(stat[ModeAt..]) & TypeMask) is Regular, At(stat, LinksAt), At(stat, UserAt), At(stat, GroupAt));
    }

    /// <summary>Whether this process may write to what a path leads to; nothing is opened, which a pipe's reader would notice.</summary>
    public static bool IsWritable(string path) => !OperatingSystem.IsLinux() || Access(path, MayWrite) is 0;

    /// <summary>Gives a file this one's owner and group.</summary>
    /// <returns>Whether it has them now.</returns>
    public bool TryGiveOwnerTo(string path) => !OperatingSystem.IsLinux() || ChangeOwner(path, User, Group) is 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> stat);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
