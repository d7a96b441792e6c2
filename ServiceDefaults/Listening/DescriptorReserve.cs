using System.Runtime.InteropServices;

namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>
/// The last descriptors of this process, which no listener takes. They are for what must still be opened: links between gateways and
/// silos, clients of stores, certificates, assemblies (one each, for good), threads (a pipe, while one starts). The runtime ends the
/// process when it has none for a thread that it starts.
/// </summary>
/// <remarks>
/// Nothing is counted: the kernel gives out the lowest number that is free (POSIX, File Descriptor Allocation), so a high number tells that
/// all below it are in use. The limit is read each time, because an operator may change it while the process runs (prlimit(1)).
/// </remarks>
public sealed unsafe partial class DescriptorReserve
{
    private const int LimitOfOpenFiles = 7; // RLIMIT_NOFILE, on Linux
    private const int CloseOnExec = 0x80000;
    private const int TooManyInSystem = 23; // ENFILE
    private const string Name = "libc";

    // From this limit on all of the reserve is kept: of a small one, that would leave too little to those whom the process is for.
    private const int FullAt = 2048;

    private readonly Func<long?> _limit;
    private readonly Func<(int Descriptor, bool IsSystem)> _next;
    private readonly int _least;
    private readonly int _most;

    /// <summary>Makes a reserve.</summary>
    /// <param name="least">How many descriptors it has at least, however small the limit is.</param>
    /// <param name="most">How many it has from a limit of 2,048 on; below, as much less as the limit is.</param>
    public DescriptorReserve(int least, int most)
        : this(least, most, ReadLimit, LookAtNext)
    {
    }

    /// <summary>Makes a reserve of a process that the test plays.</summary>
    /// <param name="least">How many descriptors it has at least, however small the limit is.</param>
    /// <param name="most">How many it has from a limit of 2,048 on; below, as much less as the limit is.</param>
    /// <param name="limit">How many files the process may have open; null when nothing says so.</param>
    /// <param name="next">Which number the kernel would give out now; negative when none, and whether the system has none.</param>
    internal DescriptorReserve(int least, int most, Func<long?> limit, Func<(int Descriptor, bool IsSystem)> next) =>
        (_least, _most, _limit, _next) = (least, most, limit, next);

    /// <summary>
    /// What peers' connections leave: for threads, links, stores, and for the ports below. A program opens a few dozen of these at a time
    /// at most.
    /// </summary>
    public static DescriptorReserve OfPeers { get; } = new(least: 16, most: 64);

    /// <summary>
    /// What the management endpoint and the ports between silos and gateways leave. Less, so that they are served when peers have taken
    /// what they may.
    /// </summary>
    public static DescriptorReserve OfInfrastructure { get; } = new(least: 12, most: 32);

    /// <summary>How many files the process may have open; null when there is no limit, or nothing says so.</summary>
    public long? Limit => _limit();

    /// <summary>Whether who was given this descriptor has taken one of the reserve.</summary>
    public bool IsTouchedBy(int descriptor) => Limit is { } limit && descriptor >= limit - Kept(limit);

    /// <summary>Looks whether a listener may take one more.</summary>
    public DescriptorShortage Look()
    {
        var (descriptor, isSystem) = _next();
        if (descriptor < 0) return isSystem ? DescriptorShortage.System : DescriptorShortage.Process;
        return IsTouchedBy(descriptor) ? DescriptorShortage.Process : DescriptorShortage.None;
    }

    private long Kept(long limit) => Math.Clamp(limit * _most / FullAt, _least, _most);

    private static long? ReadLimit()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var limits = stackalloc nuint[2]; // struct rlimit: the soft one, and the hard one
        return GetLimit(LimitOfOpenFiles, limits) is 0 && *limits < int.MaxValue ? (long)*limits : null;
    }

    private static (int Descriptor, bool IsSystem) LookAtNext()
    {
        if (!OperatingSystem.IsLinux()) return (0, false);
        var descriptor = EventDescriptor(0, CloseOnExec);
        if (descriptor < 0) return (descriptor, Marshal.GetLastPInvokeError() is TooManyInSystem);
        _ = Close(descriptor);
        return (descriptor, false);
    }

    [LibraryImport(Name, EntryPoint = "getrlimit")]
    [SuppressGCTransition] // it copies two numbers, once for each connection that is accepted
    private static partial int GetLimit(int resource, nuint* limits);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Name, EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
