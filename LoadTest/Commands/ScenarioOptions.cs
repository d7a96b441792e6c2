using System.CommandLine;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The options of a command that say what is loaded, and the scenario that they make: each is a key, and stands over what a file says.</summary>
internal sealed class ScenarioOptions
{
    private readonly LoadCommand _command;
    private readonly IThresholds _thresholds;
    private readonly string[] _without;
    private readonly RunFlags _flags = new();
    private readonly LoadOption _scenario;
    private readonly LoadOption _burst;
    private readonly LoadOption _every;
    private readonly LoadOption? _conditions;

    /// <summary>Adds them to a command, in groups.</summary>
    /// <param name="command">The command.</param>
    /// <param name="thresholds">What knows the conditions of a scenario.</param>
    /// <param name="without">Options with a value that the command does not take, because it says that itself.</param>
    public ScenarioOptions(LoadCommand command, IThresholds thresholds, params string[] without)
    {
        (_command, _thresholds, _without) = (command, thresholds, without);
        _scenario = command.Value("Scenario", "--scenario", "FILE|NAME", $"A file, or one of {string.Join(", ", ReadyScenarios.Names)}; options stand over what it says.");
        Key("name", "Scenario", "--name", "TEXT", "What the run is called in reports (the file's name, or 'run').");
        AddTargets("Where to");

        const string What = "What to send";
        Key("connections", What, "--connections", "N", $"Connections, of all targets together ({ScenarioDefaults.Connections}).");
        Key("size", What, "--size", "SIZE", $"Bytes of a message on the wire: 32, 20-5000, or 32*9,1024-4096*1 with weights ({ScenarioDefaults.Size}).");
        Key("seed", What, "--seed", "N", $"What decides sizes and order ({ScenarioDefaults.Seed}).");

        const string When = "When to send it";
        Key("depth", When, "--depth", "N", $"Closed loop, which is what it does without the next four: messages in flight on each connection ({ScenarioDefaults.Depth}).");
        Key("think", When, "--think", "DURATION", "Closed loop: how long to wait after an echo (0s).");
        Key("rate", When, "--rate", "N", "Open loop: messages a second of all connections together, whatever the echoes do.");
        Key("churn", When, "--churn", "N", "Closes a connection after N echoes, and opens another.");
        _flags.AddSwitch(command.Add(When, new LoadOption("--hold") { HelpName = "EVERY", IsValueOptional = true, Description = "Holds idle connections; each sends a message as often (never)." }), "hold", "true");
        _burst = command.Value(When, "--burst", "N", "Sends N messages at once on each connection; needs --every.");
        _every = command.Value(When, "--every", "DURATION", "How often there is a burst.");
        _flags.AddMap("burst", null, (_burst, "messages"), (_every, "every"));

        const string Long = "How long";
        Key("duration", Long, "--duration", "DURATION", $"How long it counts: 500ms, 30s, 5m, 1h ({Durations.Format(ScenarioDefaults.Duration)}).");
        Key("warmup", Long, "--warmup", "DURATION", $"How long to load before that ({Durations.Format(ScenarioDefaults.Warmup)}).");
        Key("drain", Long, "--drain", "DURATION", $"How long to wait for outstanding echoes after that ({Durations.Format(ScenarioDefaults.Drain)}).");
        Key("timeout", Long, "--timeout", "DURATION", $"How long an echo may take ({Durations.Format(ScenarioDefaults.Timeout)}).");
        _flags.AddSwitch(command.Switch(Long, "--no-reconnect", "Leaves connections that are lost or refused (opens them again)."), "reconnect", "false");
        Key("connect-window", Long, "--connect-window", "N", $"Connections that may be on their way to be opened at a time ({ScenarioDefaults.ConnectWindow}).");

        if (!without.Contains("--fail-if"))
        {
            const string Not = "What must not be";
            const string Conditions = "Fails the run when it comes true, such as 'p99 > 50ms'; those of the scenario count, too.";
            const string Errors = "Connections may fail, and messages be unanswered or unsent: otherwise any fails the run.";
            _flags.AddList(_conditions = command.Values(Not, "--fail-if", "CONDITION", Conditions), "thresholds");
            _flags.AddSwitch(command.Switch(Not, "--allow-errors", Errors), "allow-errors", "true");
        }
    }

    /// <summary>Reads the scenario that a command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="more">Keys that the command itself says; they stand over the file as options do.</param>
    /// <returns>The scenario; or null, and everything that is wrong, a line each.</returns>
    public async Task<(ScenarioFile? File, IReadOnlyList<string> Faults)> ReadAsync(ParseResult parsed, CancellationToken cancellation, params ScenarioEntry[] more)
    {
        var name = _scenario.ValuesIn(parsed).FirstOrDefault();
        if (name is null && _burst.IsIn(parsed) != _every.IsIn(parsed))
        {
            return (null, [_burst.IsIn(parsed) ? "--burst: needs --every, how often, such as --every 1s." : "--every: is of bursts; add --burst, how many messages at once."]);
        }

        var flags = _flags.Read(parsed);
        string[] twice = [.. from own in more join flag in flags.Entries on own.Key equals flag.Key select $"{flag.Place}: {own.Place} says it already; take one of the two away."];
        if (twice.Length > 0) return (null, twice);
        flags = flags with { Entries = [.. flags.Entries, .. more] };
        var (file, faults) = name is null ? ScenarioReader.Read(flags) : await ReadFileAsync(name, flags, cancellation);
        var wrong = new ScenarioFaults();
        if (file is null)
        {
            foreach (var text in _conditions?.ValuesIn(parsed) ?? [])
            {
                // Of targets that are not known nothing can be said.
                if (!text.Contains('{', StringComparison.Ordinal) && _thresholds.FaultOf(text, []) is { } fault) wrong.Add(new(_conditions!.Name), "", fault);
            }

            return (null, [.. faults, .. wrong.Lines]);
        }

        foreach (var threshold in file.Thresholds)
        {
            if (_thresholds.FaultOf(threshold.Condition, [.. file.Scenario.Targets.Select(t => t.Name)]) is { } fault) wrong.Add(threshold.Place, "thresholds", fault);
        }

        return wrong.Lines.Count > 0 ? (null, wrong.Lines) : (file with { Scenario = AllowedErrors.Of(file) }, []);
    }

    private static async Task<(ScenarioFile? File, IReadOnlyList<string> Faults)> ReadFileAsync(string name, ScenarioMap flags, CancellationToken cancellation)
    {
        var path = File.Exists(name) || !ReadyScenarios.Names.Contains(name) ? name : ReadyScenarios.FileOf(name);
        try
        {
            return ScenarioReader.Read(await File.ReadAllTextAsync(path, cancellation), path, flags);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [$"--scenario: '{name}' is no file, and no ready scenario; {Nearest.Advice(name, ReadyScenarios.Names)}"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [$"--scenario: {name} cannot be read; see that it is a file, and whose it is."]);
        }
    }

    private void AddTargets(string group)
    {
        _flags.AddList(_command.Values(group, "--target", "[FRAMING=]HOST:PORT", $"A gateway's listener; connections go to all of them in turn ({ScenarioDefaults.Target})."), "targets");
        Key("framing", group, "--framing", "FRAMING", $"line, length-prefixed or raw, for targets that do not say it ({ScenarioDefaults.Framing}).");
        _flags.AddMap(
            "tls",
            _command.Switch(group, "--tls", "Speaks TLS; each of the next five does so, too."),
            (_command.Value(group, "--tls-ca", "FILE", "Authorities that are trusted, PEM (the system's)."), "ca"),
            (_command.Value(group, "--tls-cert", "FILE", "The client's certificate, PEM."), "cert"),
            (_command.Value(group, "--tls-key", "FILE", "Its key, PEM."), "key"),
            (_command.Value(group, "--tls-name", "NAME", "The name that the certificate has to be for (the target's host)."), "name"),
            (_command.Switch(group, "--tls-insecure", "Takes any certificate."), "insecure"));
        _flags.AddList(_command.Values(group, "--source", "ADDRESS", "A local address that connections come from, in turn; each has some 28,000 ports for a target (the system chooses)."), "sources");
    }

    private void Key(string key, string group, string name, string value, string description)
    {
        if (!_without.Contains(name)) _flags.Add(_command.Value(group, name, value, description), key);
    }
}
