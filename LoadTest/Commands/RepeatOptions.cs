using System.CommandLine;
using System.Globalization;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The options of runs that a comparison makes itself.</summary>
internal sealed class RepeatOptions
{
    /// <summary>How many pairs where nobody says: four is the least that can tell anything, and one more lets a single bad run do less.</summary>
    public const int DefaultPairs = 5;

    /// <summary>The least that can tell anything from chance.</summary>
    public const int FewestPairs = 4;

    // A hundred pairs of ten seconds are more than half an hour, and tell differences far below those that matter.
    private const int MostPairs = 100;

    private const string Group = "Runs";

    private readonly LoadOption _repeat = new("--repeat") { HelpName = "N", IsValueOptional = true, Description = $"Makes N runs of A and of B itself, in turn ({DefaultPairs}; from {FewestPairs} on there is something to be said): a result's scenario is run again." };
    private readonly LoadOption _targetA = Repeatable("--target-a", "[FRAMING=]HOST:PORT", "Where the runs of A go (where its file says). Repeatable.");
    private readonly LoadOption _targetB = Repeatable("--target-b", "[FRAMING=]HOST:PORT", "Where the runs of B go. Repeatable.");
    private readonly LoadOption _duration = Single("--duration", "DURATION", "How long each run counts: 500ms, 30s, 5m (what its file says).");
    private readonly LoadOption _warmup = Single("--warmup", "DURATION", "How long it loads before that (what its file says).");
    private readonly LoadOption _keep = Single("--keep", "FOLDER", "Writes each run's result there: a-01.json, b-01.json and so on.");
    private readonly RunFlags _both = new();
    private readonly RunFlags _ofA = new();
    private readonly RunFlags _ofB = new();

    /// <summary>Makes them.</summary>
    /// <param name="add">Adds an option to a group of a command.</param>
    public RepeatOptions(Action<string, Option> add)
    {
        foreach (var option in (LoadOption[])[_repeat, .. Others]) add(Group, option);
        _both.Add(_duration, "duration");
        _both.Add(_warmup, "warmup");
        _ofA.AddList(_targetA, "targets");
        _ofB.AddList(_targetB, "targets");
    }

    private LoadOption[] Others => [_targetA, _targetB, _duration, _warmup, _keep];

    /// <summary>Whether runs are to be made.</summary>
    public bool IsIn(ParseResult parsed) => _repeat.IsIn(parsed);

    /// <summary>The folder for results; null for none.</summary>
    public string? KeepIn(ParseResult parsed) => _keep.ValuesIn(parsed).FirstOrDefault();

    /// <summary>Options that say nothing without <c>--repeat</c>, a line each.</summary>
    public IEnumerable<string> FaultsWithoutRepeat(ParseResult parsed) =>
        Others.Where(o => o.IsIn(parsed)).Select(o => $"{o.Name}: is of runs that are to be made; add --repeat, or take it away.");

    /// <summary>
    /// How many pairs, and the files. A word that stands after <c>--repeat</c> is its number, but for a file that one of the two is missing
    /// without: nobody who writes <c>--repeat a.json b.json</c> means it otherwise.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="files">The files as they were parsed.</param>
    public (int Pairs, string[] Files, string? Fault) PairsIn(ParseResult parsed, string[] files)
    {
        if (_repeat.ValuesIn(parsed) is not [var word, ..]) return (DefaultPairs, files, null);
        var isNumber = int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pairs);
        if (!isNumber && files is [var file])
        {
            var isFirst = parsed.Tokens.First(t => t.Value == word || t.Value == file).Value == word;
            return (DefaultPairs, isFirst ? [word, file] : [file, word], null);
        }

        return isNumber && pairs is >= 1 and <= MostPairs ? (pairs, files, null) : (0, files, $"--repeat: '{word}' is no whole number from 1 to {MostPairs}; write one.");
    }

    /// <summary>What the command line says over the scenarios of A and of B.</summary>
    public (SideOverride A, SideOverride B) OverridesIn(ParseResult parsed, ScenarioFaults faults)
    {
        var both = Read(_both, parsed, faults);
        SideOverride Side(RunFlags flags) => new(both.Get<TimeSpan?>("duration", null), both.Get<TimeSpan?>("warmup", null), [.. Read(flags, parsed, faults).Items<TargetText>("targets").Select(t => t.Value)]);
        return (Side(_ofA), Side(_ofB));
    }

    private static ScenarioValues Read(RunFlags flags, ParseResult parsed, ScenarioFaults faults) => (ScenarioValues)ScenarioKeys.Root.Read(flags.Read(parsed), "", faults)!;

    private static LoadOption Single(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static LoadOption Repeatable(string name, string value, string description) => new(name) { HelpName = value, Description = description, IsRepeatable = true };
}
