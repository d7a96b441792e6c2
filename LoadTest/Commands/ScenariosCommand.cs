using System.CommandLine;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>scenarios</c>: lists the ready ones, or prints one to begin one's own with.</summary>
internal sealed class ScenariosCommand : LoadCommand
{
    private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Prints this one, to be changed into one of your own." };

    public ScenariosCommand()
        : base("scenarios", "Lists the ready scenarios.") => Arguments.Add(_name);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["scenarios", "scenarios open > mine.yaml"];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        if (parsed.GetValue(_name) is { } name)
        {
            if (!ReadyScenarios.Names.Contains(name)) return console.Fail(ExitCodes.WrongUsage, $"There is no ready scenario '{name}'; {Nearest.Advice(name, ReadyScenarios.Names)}");
            await console.Out.WriteAsync(await File.ReadAllTextAsync(ReadyScenarios.FileOf(name), console.Interrupt));
            return ExitCodes.Passed;
        }

        var width = ReadyScenarios.Names.Max(n => n.Length);
        foreach (var ready in ReadyScenarios.Names)
        {
            var path = ReadyScenarios.FileOf(ready);
            var (file, faults) = ScenarioReader.Read(await File.ReadAllTextAsync(path, console.Interrupt), path, ScenarioReader.Nothing);
            console.Say($"{ready.PadRight(width)}  {file?.Description ?? faults[0]}");
        }

        return ExitCodes.Passed;
    }
}
