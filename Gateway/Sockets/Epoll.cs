using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// What one thread waits for: its sockets, and a bell that other threads ring. All of it is edge-triggered: the kernel says once that something has come, and not again until more does
/// (epoll(7)). Used by its thread alone, but for <see cref="Ring"/>. It lives as long as the process.
/// </summary>
internal sealed unsafe class Epoll
{
    /// <summary>There is something to read.</summary>
    public const uint In = 0x001;

    /// <summary>There is urgent data, at which a receive stops short.</summary>
    public const uint Priority = 0x002;

    /// <summary>There is room to write again.</summary>
    public const uint Out = 0x004;

    /// <summary>The connection is broken.</summary>
    public const uint Error = 0x008;

    /// <summary>Both directions have ended.</summary>
    public const uint HangUp = 0x010;

    /// <summary>The peer has finished.</summary>
    public const uint PeerHangUp = 0x2000;

    /// <summary>What the bell's events say in place of a slot.</summary>
    public const int Bell = -1;

    // As many as a lane carries in one call: what is read together goes together.
    private const int MaxEvents = 512;

    private const uint EdgeTriggered = 1u << 31;
    private const int AddOperation = 1;
    private const int ModifyOperation = 3;

    // struct epoll_event: 32 bits of events, and 64 of ours. Packed on x86-64, and nowhere else, for its 32-bit programs' sake.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataOffset + sizeof(long);

    private readonly int _epoll;
    private readonly int _bell;
    private readonly byte* _events;

    public Epoll()
    {
        _epoll = Checked(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
        _bell = Checked(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
        _events = (byte*)NativeMemory.Alloc(MaxEvents, (nuint)EventBytes);
        Checked(Control(AddOperation, _bell, In, Bell), "epoll_ctl");
    }

    /// <summary>Waits for something.</summary>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>How many events there are.</returns>
    public int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_epoll, _events, MaxEvents, milliseconds);
        if (count >= 0) return count;
        return Marshal.GetLastPInvokeError() is Libc.EINTR ? 0 : Checked(count, "epoll_wait");
    }

    /// <summary>One of the events that have been waited for.</summary>
    public (uint Events, int Slot) this[int index]
    {
        get
        {
            var ev = _events + (index * EventBytes);
            return (*(uint*)ev, (int)Unsafe.ReadUnaligned<long>(ev + DataOffset));
        }
    }

    /// <summary>Waits for a socket from now on, until it is closed. What has come already counts as coming now.</summary>
    /// <returns>Whether the kernel can.</returns>
    public bool TryAdd(int descriptor, int slot) => Control(AddOperation, descriptor, In | Priority | PeerHangUp, slot) is 0;

    /// <summary>Waits for room to write as well.</summary>
    public bool TryAddOut(int descriptor, int slot) => Control(ModifyOperation, descriptor, In | Priority | PeerHangUp | Out, slot) is 0;

    /// <summary>Ends the waiting. From any thread. Nobody has to read what is written: it is an edge each time, and 64 bits do not overflow.</summary>
    public void Ring()
    {
        var one = 1L;
        _ = Libc.Write(_bell, &one, sizeof(long));
    }

    private int Control(int operation, int descriptor, uint events, long slot)
    {
        var ev = stackalloc byte[EventBytes];
        *(uint*)ev = events | EdgeTriggered;
        Unsafe.WriteUnaligned(ev + DataOffset, slot);
        return Libc.EpollControl(_epoll, operation, descriptor, ev);
    }

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new IOException($"Linux refuses {call}: {Marshal.GetLastPInvokeErrorMessage()}.");
}
