using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// What a connection still reads when it is about to end: all that had arrived when that was decided, so that it is echoed first; and no
/// more, because a peer that goes on sending would keep the connection open for ever.
/// </summary>
/// <param name="reason">What the connection ends with.</param>
/// <param name="arrived">How many bytes had arrived and were not echoed yet, at most.</param>
internal sealed class LastLook(CloseReason reason, long arrived)
{
    private long _taken;
    private long _held;

    /// <summary>What the connection ends with.</summary>
    public CloseReason Reason => reason;

    /// <summary>Whether a message that had arrived in time puts the end off.</summary>
    public bool IsTimeout => reason is CloseReason.IdleTimeout or CloseReason.FirstByteTimeout;

    /// <summary>Whether nothing was left in the kernel before the latest read: it got all that there is.</summary>
    public bool IsLastRead { get; set; }

    /// <summary>Counts what a read has brought.</summary>
    /// <param name="taken">Bytes of whole messages.</param>
    /// <param name="held">Bytes behind them.</param>
    public void Count(long taken, long held) => (_taken, _held) = (_taken + taken, held);

    /// <summary>Whether all that had arrived has been looked at.</summary>
    /// <param name="holdsMessages">Whether there may be whole messages among the bytes that are held.</param>
    public bool HasSeenAll(bool holdsMessages) => _taken + (holdsMessages ? 0 : _held) >= arrived;
}
