using System.Runtime.InteropServices;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>What socket threads ask of Linux itself. Each answers with -1 when it fails; why, is the last P/Invoke error.</summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;

    /// <summary>Neither waits, nor ends the process when the peer is gone.</summary>
    public const int DontWaitNoSignal = 0x40 | 0x4000;

    /// <summary>Which direction <see cref="Shutdown"/> ends.</summary>
    public const int Sending = 1;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* ev);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport(Name, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);
}
