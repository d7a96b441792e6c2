using System.Buffers;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// The bytes that all peers together may make the process hold: one account for every listener. What is counted, and what is not, is in
/// docs/architecture.md (Memory). From any thread; a connection that holds next to nothing never touches it
/// (<see cref="BufferAccount.FreeBytes"/>).
/// </summary>
/// <remarks>
/// Used in four stages. Up to three quarters, nothing happens. Above, nothing is read from whoever holds more than an equal share, or sends
/// much at a time (<see cref="MustWait"/>), and if that does not help within a second, those who hold most are closed
/// (<see cref="BufferRelief"/>). The last eighth is for those who hold little. Above the limit, nobody gets anything.
/// </remarks>
/// <param name="limitBytes">The most bytes that are held.</param>
/// <param name="pool">Where buffers come from; null for one that keeps an eighth of the limit at most, on top of it.</param>
internal sealed class BufferBudget(long limitBytes, ArrayPool<byte>? pool = null)
{
    /// <summary>
    /// Who holds so much in all, in bytes, may use the last eighth as well: an ordinary message must get through while
    /// those who hold most are being closed.
    /// </summary>
    public const int LittleBytes = 16 * 1024;

    // Of the limit, for whoever rents next: a long message costs no new array while the like of it comes
    // again, and a small heap has room for it.
    private const int ShareThatIsKept = 8;

    private long _used;
    private int _holders;

    /// <summary>The most bytes that are held.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>Where buffers come from.</summary>
    public ArrayPool<byte> Pool { get; } = pool ?? new BufferPool(limitBytes / ShareThatIsKept);

    /// <summary>How many bytes are held.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Whether those who hold most are not read from any more.</summary>
    public bool IsShort => UsedBytes > limitBytes / 4 * 3;

    /// <summary>Whether only those who hold little get anything.</summary>
    public bool IsNearlyUsedUp => UsedBytes > MostForAll - LittleBytes;

    /// <summary>How many bytes those who wait may take until they have to wait again.</summary>
    public long RoomBytes => (limitBytes / 4 * 3) - UsedBytes;

    /// <summary>What is used when those have been closed that held most.</summary>
    public long RelievedBytes => limitBytes / 8 * 5;

    private long MostForAll => limitBytes / 8 * 7;

    /// <summary>Whether nothing is to be read from somebody until others hold less.</summary>
    /// <param name="held">How many bytes it holds.</param>
    /// <param name="lastRead">How many it had sent the last time.</param>
    public bool MustWait(long held, long lastRead) =>
        (held > 0 || lastRead > LittleBytes)
            && IsShort && (lastRead > LittleBytes || held >= UsedBytes / Math.Max(1, Volatile.Read(ref _holders)));

    /// <summary>Counts that one holds something else than before.</summary>
    /// <param name="before">What it held, in bytes.</param>
    /// <param name="now">What it is to hold, in bytes.</param>
    /// <returns>False when there is no room for it; then nothing is counted. Always true when it holds less than before.</returns>
    public bool TryChange(long before, long now)
    {
        var used = Interlocked.Add(ref _used, now - before);
        if (used < 0) throw new InvalidOperationException($"{before} bytes were given back, of which {-used} had not been counted.");
        if (now > before && used > (now <= LittleBytes ? limitBytes : MostForAll))
        {
            Interlocked.Add(ref _used, before - now);
            return false;
        }

        if (before is 0) Interlocked.Increment(ref _holders);
        else if (now is 0) Interlocked.Decrement(ref _holders);
        return true;
    }
}
