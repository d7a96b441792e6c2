using System.Buffers;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// What one connection holds of the process's budget. Its owner alone changes it, and only before it waits for something: what is held
/// while a thread works on it is not counted.
/// </summary>
internal struct BufferAccount(BufferBudget budget)
{
    /// <summary>
    /// Less than this, in bytes, is not counted: it is a part of what every connection costs, and most never hold more.
    /// So a small message costs a comparison.
    /// </summary>
    public const int FreeBytes = 1024;

    private long _held;

    /// <summary>Where buffers come from.</summary>
    public readonly ArrayPool<byte> Pool => budget.Pool;

    /// <summary>How many bytes are counted. From any thread.</summary>
    public readonly long HeldBytes => Volatile.Read(in _held);

    /// <summary>Whether nothing is to be read until others hold less.</summary>
    /// <param name="lastRead">How many bytes the last read had.</param>
    public readonly bool MustWait(long lastRead) => budget.MustWait(_held, lastRead);

    /// <summary>The connection holds as much from now on.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <returns>
    /// False when there is no room for it: the connection has to end, and what it held before stays counted until it has given it back.
    /// </returns>
    public bool TryHold(long bytes)
    {
        if (bytes < FreeBytes) bytes = 0;
        if (bytes == _held) return true;
        if (!budget.TryChange(_held, bytes)) return false;
        Volatile.Write(ref _held, bytes);
        return true;
    }
}
