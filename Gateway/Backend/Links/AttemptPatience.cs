namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// How long an attempt to reach a silo may take: twice as long as the one before, if that failed. On a machine or a network that is so slow
/// that a silo which is there does not answer in the usual time, each attempt would else fail like the last one, for ever.
/// </summary>
internal sealed class AttemptPatience
{
    // A silo answers in milliseconds; one that is frozen takes the connection and says nothing.
    private static readonly TimeSpan UsualOpening = TimeSpan.FromSeconds(2);

    // A silo that is there has answered all that a new client asks within a second or two. One that is reached by an address that it does
    // not know for its own would be asked for ever.
    private static readonly TimeSpan UsualConnecting = TimeSpan.FromSeconds(10);

    // Sixteen seconds for a connection: many times what the slowest network needs on which sets would still be answered in time.
    private const int MostTimes = 8;

    private int _times = 1;

    /// <summary>From the silo's taking the connection until both ends know who the other is.</summary>
    public TimeSpan Opening => UsualOpening * _times;

    /// <summary>All of it, until the client can be used.</summary>
    public TimeSpan Connecting => UsualConnecting * _times;

    /// <summary>The wait for the first heartbeat's answer, which is usually this long at most.</summary>
    public TimeSpan Answer(TimeSpan usual) => usual * _times;

    /// <summary>An attempt has failed: the next may take longer.</summary>
    public void Failed() => _times = Math.Min(_times * 2, MostTimes);

    /// <summary>The silo has answered.</summary>
    public void Succeeded() => _times = 1;
}
