namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// How large the rented buffer of one direction of a connection is. It doubles when it is full, and shrinks when three quarters of it are empty, never to a size at which it would have
/// to grow again at once: so a copy of more than <see cref="LeastReceived"/> is paid for by as many bytes that have come or gone since the last, and no peer can have the same bytes copied with each
/// of its packets.
/// </summary>
internal static class BufferSizes
{
    /// <summary>How many bytes one receive asks for: as much as a connection has in flight by default. The thread's last buffer is what it gets again next, warm, so that its size costs nothing.</summary>
    public const int Transfer = 64 * 1024;

    /// <summary>Less room than this, in bytes, behind the beginning of a message, is not worth a receive.</summary>
    public const int LeastReceived = Transfer / 4;

    /// <summary>The size to go to when there is no room left, in bytes; whoever needs more takes more.</summary>
    /// <param name="held">How many bytes are to be moved into it.</param>
    public static int Grown(int held) => Math.Max(Transfer, 2 * held);

    /// <summary>The size to go to when it is not known when the next bytes come, in bytes; null when the buffer is to stay as it is.</summary>
    /// <param name="held">How many bytes are in it: 1 or more.</param>
    /// <param name="size">Its size.</param>
    public static int? Shrunk(int held, int size)
    {
        // The pool's sizes are powers of two: what is asked for has to be smaller than half of the size, or the move would gain nothing.
        var wanted = held < LeastReceived ? held : held + LeastReceived;
        return held < size / 4 && wanted <= size / 2 ? wanted : null;
    }
}
