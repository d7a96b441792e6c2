using System.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.CommandLine;

/// <summary>What a command line says.</summary>
internal sealed record CommandLineResult
{
    public bool WantsHelp { get; init; }

    public bool WantsVersion { get; init; }

    /// <summary>What to do instead of running; null for nothing.</summary>
    public ProgramCommand? Command { get; init; }

    /// <summary>The JSON file of <c>--config</c>.</summary>
    public string? ConfigFile { get; init; }

    public required FlagTarget Target { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }
}

/// <summary>Reads a command line: the program's flags, those of every program, and any option by its key.</summary>
internal static class CommandLineReader
{
    /// <summary>The words for a log level on the command line, and .NET's.</summary>
    private static readonly Dictionary<string, string> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = "Trace",
        ["debug"] = "Debug",
        ["info"] = "Information",
        ["information"] = "Information",
        ["warn"] = "Warning",
        ["warning"] = "Warning",
        ["error"] = "Error",
        ["critical"] = "Critical",
        ["none"] = "None",
    };

    /// <summary>The flags that every program has.</summary>
    public static IReadOnlyList<Flag> CommonFlags(ProgramDescription program) =>
    [
        Flag.For("--management", "ADDRESS", $"{ManagementOptions.Section}:{nameof(ManagementOptions.Address)}", program.Options),
        Flag.Custom("--log-level", "LEVEL", "How much is logged: trace, debug, info, warning, error or none. Sets Logging:LogLevel:OrleansEcho.", isRepeatable: false, (value, target) =>
        {
            if (!LogLevels.TryGetValue(value, out var level)) return "is not one of trace, debug, info, warning, error, none";
            target.Set("Logging:LogLevel:OrleansEcho", level);
            return null;
        }),
    ];

    public static CommandLineResult Read(string[] args, ProgramDescription program)
    {
        var target = new FlagTarget(program.Options);
        var faults = new List<string>();
        var (withFlags, settings) = SplitSettings(args);
        foreach (var (key, value) in settings)
        {
            if (value is null) faults.Add($"--{key} needs a value.");
            else target.Set(key, value);
        }

        var flags = program.Flags.Concat(CommonFlags(program)).Select(f => (Flag: f, Option: new Option<string[]>(f.Name) { AllowMultipleArgumentsPerToken = false })).ToList();
        var help = new Option<bool>("--help", "-h", "-?");
        var version = new Option<bool>("--version");
        var config = new Option<string[]>("--config");
        var root = new Command("program") { TreatUnmatchedTokensAsErrors = false };
        var commands = program.Commands.Select(c => (Command: c, Option: new Option<bool>(c.Name))).ToList();
        foreach (var (_, option) in flags) root.Options.Add(option);
        foreach (var (_, option) in commands) root.Options.Add(option);
        foreach (var option in new Option[] { help, version, config }) root.Options.Add(option);

        string[] takingValues = [.. flags.Select(f => f.Flag.Name), config.Name];
        var (flagArgs, withoutValue) = SplitWithoutValue(withFlags, takingValues);
        faults.AddRange(withoutValue.Select(name => $"{name} needs a value."));
        var parsed = root.Parse(flagArgs, new ParserConfiguration { ResponseFileTokenReplacer = null });
        faults.AddRange(parsed.Errors.Select(e => e.Message.TrimEnd('.') + "; --help lists all flags."));
        string[] names = [.. takingValues, .. program.Commands.Select(c => c.Name), help.Name, version.Name];
        faults.AddRange(Unknown(parsed.UnmatchedTokens).Select(word => $"There is no flag {Shown.Value(word)}{Suggestion(word, names, program.Options)}"));
        foreach (var (flag, option) in flags)
        {
            var values = ValuesOf(parsed, option);
            if (values.Length > 1 && !flag.IsRepeatable)
            {
                faults.Add(Repeated(flag.Name, values.Length));
                continue;
            }

            foreach (var value in values)
            {
                if (flag.Apply(value, target) is { } wrong) faults.Add($"{flag.Name}: {Shown.Value(value)} {wrong}.");
            }
        }

        faults.AddRange(target.Contradictions);
        var files = ValuesOf(parsed, config);
        if (files.Length > 1) faults.Add(Repeated(config.Name, files.Length));
        return new CommandLineResult
        {
            WantsHelp = parsed.GetValue(help),
            WantsVersion = parsed.GetValue(version),
            Command = commands.FirstOrDefault(c => parsed.GetValue(c.Option)).Command,
            ConfigFile = files.LastOrDefault(),
            Target = target,
            Faults = faults,
        };
    }

    private static string[] ValuesOf(ParseResult parsed, Option option) => parsed.GetResult(option)?.Tokens.Select(t => t.Value).ToArray() ?? [];

    private static string Repeated(string name, int times) => $"{name} stands {times} times; it takes one value.";

    // The words alone: what follows one, after = or as the next word, is its value, and may be a password.
    private static IEnumerable<string> Unknown(IReadOnlyList<string> tokens) =>
        tokens.Where((token, i) => IsFlag(token) || i is 0 || !IsFlag(tokens[i - 1]) || tokens[i - 1].Contains('=', StringComparison.Ordinal)).Select(token => token.Split('=')[0]);

    private static bool IsFlag(string token) => token.StartsWith('-');

    private static string Suggestion(string word, string[] names, OptionCatalog options)
    {
        if (NearMiss.Option(word, options) is { } option) return $"; did you mean --{option}?";
        var nearest = names.MinBy(name => EditDistance.Between(name, word))!;
        return EditDistance.Between(nearest, word) <= Math.Max(2, word.Length / 4) ? $"; did you mean {nearest}?" : "; --help lists all.";
    }

    // The parser would take the next flag for a flag's missing value.
    private static (string[] Others, List<string> WithoutValue) SplitWithoutValue(string[] args, string[] takingValues)
    {
        var (others, withoutValue) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var lacksIt = takingValues.Contains(args[i]) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal));
            (lacksIt ? withoutValue : others).Add(args[i]);
        }

        return ([.. others], withoutValue);
    }

    // Any option by its key: --Section:Option=value or --Section:Option value.
    private static (string[] Flags, List<(string Key, string? Value)> Settings) SplitSettings(string[] args)
    {
        var flags = new List<string>();
        var settings = new List<(string, string?)>();
        for (var i = 0; i < args.Length; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
            {
                flags.Add(args[i]);
            }
            else if (equals >= 0)
            {
                settings.Add((name[2..], args[i][(equals + 1)..]));
            }
            else
            {
                var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                settings.Add((name[2..], hasValue ? args[++i] : null));
            }
        }

        return ([.. flags], settings);
    }
}
