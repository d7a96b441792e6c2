using System.Runtime.InteropServices;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Waits for parts of a millisecond without a processor. .NET's own waits are in milliseconds, and a spinning thread takes from the gateways what it measures.</summary>
internal sealed partial class PreciseWait : IDisposable
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK, prctl(2)

    private readonly bool _isLinux = OperatingSystem.IsLinux();
    private readonly ManualResetEventSlim _never = new(false, 0);

    /// <summary>To be called by the thread that waits.</summary>
    public PreciseWait()
    {
        // Linux puts off timers by 50 µs, to wake a processor for several at once.
        if (_isLinux) _ = SetProcessOption(SetTimerSlack, 1, 0, 0, 0);
    }

    public void Dispose() => _never.Dispose();

    /// <summary>Waits.</summary>
    /// <param name="nanoseconds">How long; up to a second.</param>
    public void Wait(long nanoseconds)
    {
        if (nanoseconds <= 0) return;
        if (_isLinux)
        {
            var time = new Time { Nanoseconds = (nint)Math.Min(nanoseconds, 999_999_999) };
            _ = Sleep(in time, IntPtr.Zero);
        }
        else if (nanoseconds > 1_000_000)
        {
            _never.Wait((int)(nanoseconds / 1_000_000));
        }
        else
        {
            Thread.Yield();
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in Time time, IntPtr rest);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcessOption(int option, ulong value, ulong third, ulong fourth, ulong fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
