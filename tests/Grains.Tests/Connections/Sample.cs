using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

/// <summary>What a gateway sends: ids, openings and sets.</summary>
internal static class Sample
{
    private static readonly string Run = ConnectionId.NewRun();
    private static long LastNumber;

    public static DateTimeOffset Noon { get; } = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static ConnectionId NewId() => ConnectionId.Create(Run, Interlocked.Increment(ref LastNumber));

    public static ConnectionOpening Opening(long next = 1, long messages = 0, long bytes = 0) => new()
    {
        Gateway = "gateway-a",
        Listener = "line",
        Peer = "192.0.2.1:4711",
        OpenedAt = Noon,
        NextSequence = next,
        Messages = messages,
        Bytes = bytes,
    };

    /// <summary>A set of payloads of these lengths, whose bytes tell sets and places apart.</summary>
    public static MessageSet Set(long sequence, int[] lengths, bool isLast = false)
    {
        var bytes = new byte[lengths.Sum()];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(sequence + i);
        return new MessageSet(sequence, bytes, lengths is [_] ? null : lengths, isLast);
    }
}
