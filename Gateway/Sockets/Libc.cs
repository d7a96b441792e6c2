using System.Runtime.InteropServices;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>What socket threads ask of Linux itself. Each answers with -1 when it fails; why, is the last P/Invoke error.</summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ECONNABORTED = 103;

    /// <summary>Neither waits, nor ends the process when the peer is gone.</summary>
    public const int DontWaitNoSignal = 0x40 | 0x4000;

    /// <summary>Leaves what is received where it is: of <see cref="Receive"/>.</summary>
    public const int Peek = 0x2;

    /// <summary>How many bytes there are to receive: of <see cref="IoControl"/>.</summary>
    public const nuint BytesToReceive = 0x541B;

    /// <summary>Which direction <see cref="Shutdown"/> ends.</summary>
    public const int Sending = 1;

    /// <summary>Is not inherited by programs that this one starts: of <see cref="Accept"/>.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>The level of <see cref="LingerOption"/>.</summary>
    public const int SocketLevel = 1;

    /// <summary>What a close does with what is left.</summary>
    public const int LingerOption = 13;

    /// <summary>The level of <see cref="UserTimeout"/>.</summary>
    public const int TcpLevel = 6;

    /// <summary>How long what is queued may wait for the peer, in milliseconds (TCP_USER_TIMEOUT, tcp(7)).</summary>
    public const int UserTimeout = 18;

    /// <summary>Sets a descriptor's flags: of <see cref="Control"/>.</summary>
    public const int SetFlags = 4;

    /// <summary>Does not wait: a descriptor's flag.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>Relative paths begin where the process is: of <see cref="StatX"/>.</summary>
    public const int CurrentDirectory = -100;

    /// <summary>Does not follow a link: of <see cref="StatX"/>.</summary>
    public const int NoFollow = 0x100;

    /// <summary>What stat(2) tells: of <see cref="StatX"/>.</summary>
    public const uint BasicStats = 0x7FF;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* ev);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoControl(int descriptor, nuint request, int* value);

    [LibraryImport(Name, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int listener, byte* address, int* addressBytes, int flags);

    [LibraryImport(Name, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, byte* address, int* addressBytes);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int option, void* value, int valueBytes);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* bytes, nuint count, int flags);

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int directory, string path, int flags, uint mask, byte* file);

    [LibraryImport(Name, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);
}
