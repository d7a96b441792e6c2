namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What holds where a scenario says nothing.</summary>
internal static class ScenarioDefaults
{
    /// <summary>Where a gateway listens that was started without a word: the line listener.</summary>
    public const string Target = "127.0.0.1:7000";

    /// <summary>The framing that needs no arithmetic to be read by a person.</summary>
    public const string Framing = "line";

    /// <summary>Enough that a gateway has something to do at once, few enough for any laptop.</summary>
    public const int Connections = 64;

    /// <summary>One message in flight: latency without a queue of one's own.</summary>
    public const int Depth = 1;

    /// <summary>A header, and a little: what is measured is the way, not the bytes.</summary>
    public const int Size = 32;

    /// <summary>Ten times the second in which a figure is counted.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    /// <summary>The first calls are compiled, and the first grains placed.</summary>
    public static readonly TimeSpan Warmup = TimeSpan.FromSeconds(1);

    /// <summary>Long enough for an echo that is slow, short enough to wait for at a terminal.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(3);

    /// <summary>Longer than a gateway takes to leave a silo that stands still, shorter than it waits for any silo at all (30 s).</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>What a listener's backlog takes without a drop.</summary>
    public const int ConnectWindow = 128;

    /// <summary>Any will do; the same one each time makes runs alike.</summary>
    public const int Seed = 1;
}
