namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Every key that a scenario may have, with what may stand there. The reader and the published schema are both made of it.</summary>
internal static class ScenarioKeys
{
    /// <summary>More than the memory of any machine has room for.</summary>
    public const int MaxConnections = 1_000_000;

    /// <summary>The most messages that a connection can have in flight.</summary>
    public const int MaxDepth = 65_536;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly MapShape TlsKeys = new(
        new("name", ScenarioShapes.Text, "The name that the certificate has to be for; the target's host by default."),
        new("ca", ScenarioShapes.Text, "A PEM file of the authorities that are trusted; the system's by default."),
        new("cert", ScenarioShapes.Text, "A PEM file with the client's certificate."),
        new("key", ScenarioShapes.Text, "A PEM file with its key."),
        new("insecure", ScenarioShapes.YesOrNo, "Whether any certificate will do."));

    private static readonly EitherShape Tls = new(ScenarioShapes.YesOrNo, TlsKeys);

    private static readonly EitherShape Target = new(ScenarioShapes.Address, new MapShape(
        new("address", ScenarioShapes.Address, "[FRAMING=]HOST:PORT.", IsRequired: true),
        new("framing", ScenarioShapes.Framing, "How it tells one message from the next."),
        new("tls", Tls, "How to speak TLS to it: true, false, or files.")));

    // What a connection does: at the top, or in a part of a mix.
    private static readonly ScenarioKey[] Flow =
    [
        new("kind", ScenarioShapes.Word("closed", "open", "churn", "hold", "burst"), "What decides when a connection sends. It follows from churn, hold, burst and rate; in a mix with a rate, 'closed' takes a part out of it."),
        new("depth", ScenarioShapes.Integer(1, MaxDepth), "Closed loop and churn: messages in flight on each connection (1)."),
        new("size", ScenarioShapes.Size, "Bytes of a message on the wire: 32, 20-5000 (evenly), or 32*9,1024-4096*1 (weights) (32)."),
        new("think", ScenarioShapes.Duration(TimeSpan.Zero, Hour), "Closed loop and churn: how long to wait after an echo before the next message (0s)."),
        new("churn", ScenarioShapes.Integer(1, int.MaxValue), "Close a connection after so many echoes, and open another."),
        new("hold", ScenarioShapes.Trickle, "Hold connections open and idle: true, or how often each sends a message, such as 30s."),
        new("burst", new MapShape(
            new("messages", ScenarioShapes.Integer(1, MaxDepth), "How many messages each connection sends at once.", IsRequired: true),
            new("every", ScenarioShapes.Duration(Millisecond, Hour), "How often.", IsRequired: true)), "Send several messages at once, at intervals."),
    ];

    private static readonly ScenarioKey Connections = new("connections", ScenarioShapes.Integer(1, MaxConnections), "How many connections, of all targets together (64).");

    private static readonly ScenarioKey Rate = new(
        "rate", ScenarioShapes.Number(0, LoadSchedule.MaxRate), "Messages a second of all connections together: sent when they are due, whatever the echoes do (open loop).");

    private static readonly ScenarioKey[] Stage =
    [
        new("ramp", ScenarioShapes.Duration(Millisecond, LoadSchedule.MaxStage), "How long it takes to go from the stage before to these values in a straight line."),
        new("step", ScenarioShapes.Duration(Millisecond, LoadSchedule.MaxStage), "How long these values hold, from the beginning of the stage."),
        Connections with { Description = "How many connections at its end; those of the stage before by default." },
        Rate with { Description = "Messages a second at its end; those of the stage before by default." },
        new("size", ScenarioShapes.Size, "Bytes of a message from its beginning on; those of the stage before by default."),
    ];

    /// <summary>A whole scenario.</summary>
    public static MapShape Root { get; } = new(
    [
        new("$schema", ScenarioShapes.Text, "For editors: where this schema is."),
        new("name", ScenarioShapes.Text, "What the run is called in reports; the file's name by default."),
        new("description", ScenarioShapes.Text, "What it is for, in a sentence."),
        new("targets", new ListShape(Target), "Where connections go to, in turn (127.0.0.1:7000)."),
        new("framing", ScenarioShapes.Framing, "The framing of targets that do not say theirs (line)."),
        new("tls", Tls, "How to speak TLS to targets that do not say it: true, false, or files (false)."),
        new("sources", new ListShape(ScenarioShapes.Text), "Addresses of this machine that connections come from, in turn; the system chooses by default."),
        Connections,
        Rate,
        .. Flow,
        new("mix", new ListShape(new MapShape([
            new("weight", ScenarioShapes.Number(0.001, 1_000_000), "Its share of the connections, and, in an open loop, of the rate (1)."),
            .. Flow,
        ])), "Several kinds of connections at once."),
        new("duration", ScenarioShapes.Duration(Millisecond, LoadSchedule.MaxStage), "How long it counts (10s)."),
        new("stages", new ListShape(new MapShape(Stage)), "Parts of a run, one after another, instead of a duration."),
        new("warmup", ScenarioShapes.Duration(TimeSpan.Zero, Hour), "How long to load before anything counts (1s)."),
        new("drain", ScenarioShapes.Duration(TimeSpan.Zero, Hour), "How long to wait for outstanding echoes at the end (3s)."),
        new("timeout", ScenarioShapes.Duration(Millisecond, Hour), "How long an echo may take before its connection is given up (10s)."),
        new("reconnect", ScenarioShapes.YesOrNo, "Whether a connection that is lost or refused is opened again (true)."),
        new("allow-errors", ScenarioShapes.YesOrNo, "Whether connections may fail, and messages be unanswered or unsent, which fails a run otherwise (false)."),
        new("connect-window", ScenarioShapes.Integer(1, 65_536), "How many connections may be on their way to be opened at a time (128)."),
        new("seed", ScenarioShapes.Integer(0, int.MaxValue), "What decides sizes and order (1)."),
        new("thresholds", new ListShape(ScenarioShapes.Text), "What must not be, such as 'p99 > 50ms': any that comes true fails the run."),
    ]);
}
