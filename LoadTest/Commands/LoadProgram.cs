using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Finds the command that a command line is for, and lists what is wrong with it: all at once, a line each.</summary>
internal sealed class LoadProgram
{
    private readonly Command _root = new("OrleansEcho.LoadTest", "loads gateways, and tells what became of every message.") { TreatUnmatchedTokensAsErrors = false };
    private readonly HelpOption _help = new();
    private readonly Option<bool> _version = new("--version") { Description = "Says which version this is.", Arity = ArgumentArity.Zero };

    public LoadProgram(params IEnumerable<LoadCommand> commands)
    {
        foreach (var command in commands)
        {
            command.TreatUnmatchedTokensAsErrors = false;
            _root.Subcommands.Add(command);
        }

        _root.Options.Add(_help);
        _root.Options.Add(_version);
    }

    /// <summary>Carries a command line out.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, LoadConsole console)
    {
        var parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var command = parsed.CommandResult.Command as LoadCommand;
        if (parsed.GetResult(_help) is { Implicit: false })
        {
            console.Out.Write(command is null ? HelpText.For(_root) : HelpText.For(_root, command));
            return ExitCodes.Passed;
        }

        if (command is null && parsed.GetValue(_version))
        {
            console.Out.WriteLine($"{_root.Name} {ToolVersion.Text}");
            return ExitCodes.Passed;
        }

        if (FaultsOf(parsed, command) is { Count: > 0 } faults) return console.Fail(ExitCodes.WrongUsage, faults);
        try
        {
            return await command!.RunAsync(parsed, console);
        }
        catch (CannotRunException e)
        {
            return console.Fail(ExitCodes.CannotRun, e.Message);
        }
        catch (OperationCanceledException) when (console.Interrupt.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private List<string> FaultsOf(ParseResult parsed, LoadCommand? command)
    {
        string[] names = [.. _root.Subcommands.Select(c => c.Name)];
        if (command is null)
        {
            return [parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is no command; {Nearest.Advice(word, names)}" : $"No command was given; there are {string.Join(", ", names)}, and --help."];
        }

        string[] options = [.. command.Options.Select(o => o.Name), "--help"];
        var faults = parsed.Errors.Select(e => e.Message.TrimEnd('.') + $"; see {command.Name} --help.").ToList();
        faults.AddRange(Unknown(parsed).Select(token => $"'{token}' is no option of {command.Name}; {Advice(token.Split('=')[0])}"));
        faults.AddRange(command.Options.OfType<LoadOption>().Select(o => o.FaultIn(parsed)).OfType<string>());
        return faults;

        string Advice(string token) =>
            command.Elsewhere.GetValueOrDefault(token) is { } own ? $"here it is {own}." : Nearest.To(token, options) is { } near ? $"did you mean {near}?" : $"see {command.Name} --help.";
    }

    // What follows an unknown option is its value, and no fault of its own; and where there are arguments, an unknown option is taken for one.
    private static IEnumerable<string> Unknown(ParseResult parsed)
    {
        string[] words = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Where(IsOption), .. parsed.UnmatchedTokens];
        return words.Where((word, i) => IsOption(word) || i is 0 || !IsOption(words[i - 1]) || words[i - 1].Contains('=', StringComparison.Ordinal));

        static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal);
    }
}
