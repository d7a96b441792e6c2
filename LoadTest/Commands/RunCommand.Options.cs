using System.CommandLine;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <content>What a run can be told on the command line.</content>
internal sealed partial class RunCommand
{
    private readonly RunFlags _flags = new();
    private LoadOption _scenario = null!;
    private LoadOption _burst = null!;
    private LoadOption _every = null!;
    private Option<bool> _abortOnFail = null!;
    private Option<bool> _quiet = null!;
    private Option<bool> _noLive = null!;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "run --target 127.0.0.1:7000",
        "run --target 127.0.0.1:7000 --target 127.0.0.1:7010 --rate 20000 --duration 30s",
        "run --scenario open --rate 1000 --fail-if 'p99 > 20ms' --json out.json --html out.html",
    ];

    private void AddOptions(IEnumerable<ResultFormat> formats)
    {
        const string To = "Where to", What = "What to send", When = "When to send it", Long = "How long", Judged = "What must not be", Shown = "What is shown";
        _scenario = Value("Scenario", "--scenario", "FILE|NAME", $"A file, or one of {string.Join(", ", ReadyScenarios.Names)}; options stand over what it says.");
        _flags.Add(Value("Scenario", "--name", "TEXT", "What the run is called in reports (the file's name, or 'run')."), "name");

        _flags.AddList(Values(To, "--target", "[FRAMING=]HOST:PORT", $"A gateway's listener; connections go to all of them in turn ({ScenarioDefaults.Target})."), "targets");
        _flags.Add(Value(To, "--framing", "FRAMING", $"line, length-prefixed or raw, for targets that do not say it ({ScenarioDefaults.Framing})."), "framing");
        _flags.AddMap(
            "tls",
            Switch(To, "--tls", "Speaks TLS; each of the next five does so, too."),
            (Value(To, "--tls-ca", "FILE", "Authorities that are trusted, PEM (the system's)."), "ca"),
            (Value(To, "--tls-cert", "FILE", "The client's certificate, PEM."), "cert"),
            (Value(To, "--tls-key", "FILE", "Its key, PEM."), "key"),
            (Value(To, "--tls-name", "NAME", "The name that the certificate has to be for (the target's host)."), "name"),
            (Switch(To, "--tls-insecure", "Takes any certificate."), "insecure"));
        _flags.AddList(Values(To, "--source", "ADDRESS", "A local address that connections come from, in turn; each has some 28,000 ports for a target (the system chooses)."), "sources");

        _flags.Add(Value(What, "--connections", "N", $"Connections, of all targets together ({ScenarioDefaults.Connections})."), "connections");
        _flags.Add(Value(What, "--size", "SIZE", $"Bytes of a message on the wire: 32, 20-5000, or 32*9,1024-4096*1 with weights ({ScenarioDefaults.Size})."), "size");
        _flags.Add(Value(What, "--seed", "N", $"What decides sizes and order ({ScenarioDefaults.Seed})."), "seed");

        _flags.Add(Value(When, "--depth", "N", $"Closed loop, which is what it does without the next four: messages in flight on each connection ({ScenarioDefaults.Depth})."), "depth");
        _flags.Add(Value(When, "--think", "DURATION", "Closed loop: how long to wait after an echo (0s)."), "think");
        _flags.Add(Value(When, "--rate", "N", "Open loop: messages a second of all connections together, whatever the echoes do."), "rate");
        _flags.Add(Value(When, "--churn", "N", "Closes a connection after N echoes, and opens another."), "churn");
        _flags.AddSwitch(Add(When, new LoadOption("--hold") { HelpName = "EVERY", IsValueOptional = true, Description = "Holds idle connections; each sends a message as often (never)." }), "hold", "true");
        _burst = Value(When, "--burst", "N", "Sends N messages at once on each connection; needs --every.");
        _every = Value(When, "--every", "DURATION", "How often there is a burst.");
        _flags.AddMap("burst", null, (_burst, "messages"), (_every, "every"));

        _flags.Add(Value(Long, "--duration", "DURATION", $"How long it counts: 500ms, 30s, 5m, 1h ({Durations.Format(ScenarioDefaults.Duration)})."), "duration");
        _flags.Add(Value(Long, "--warmup", "DURATION", $"How long to load before that ({Durations.Format(ScenarioDefaults.Warmup)})."), "warmup");
        _flags.Add(Value(Long, "--drain", "DURATION", $"How long to wait for outstanding echoes after that ({Durations.Format(ScenarioDefaults.Drain)})."), "drain");
        _flags.Add(Value(Long, "--timeout", "DURATION", $"How long an echo may take ({Durations.Format(ScenarioDefaults.Timeout)})."), "timeout");
        _flags.AddSwitch(Switch(Long, "--no-reconnect", "Leaves connections that are lost or refused (opens them again)."), "reconnect", "false");
        _flags.Add(Value(Long, "--connect-window", "N", $"Connections that may be on their way to be opened at a time ({ScenarioDefaults.ConnectWindow})."), "connect-window");

        _flags.AddList(Values(Judged, "--fail-if", "CONDITION", "Fails the run when it comes true, such as 'p99 > 50ms'; those of the scenario count, too."), "thresholds");
        _abortOnFail = Switch(Judged, "--abort-on-fail", "Ends the run as soon as one comes true.");

        foreach (var format in formats) _results.Add((Value("Results", format.Option, "FILE", format.Description), format));
        _quiet = Switch(Shown, "--quiet", "Nothing but faults.");
        _noLive = Switch(Shown, "--no-live", "Lines instead of what moves; so it is, too, where the output is no terminal.");
    }
}
