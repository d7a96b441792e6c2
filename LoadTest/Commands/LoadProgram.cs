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
    // Where options end, and names that begin with dashes may come.
    private const string End = "--";

    private readonly Command _root =
        new("OrleansEcho.LoadTest", "loads gateways, and tells what became of every message.") { TreatUnmatchedTokensAsErrors = false };
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
        args = WithoutLostEnd(args);
        var parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var command = parsed.CommandResult.Command as LoadCommand;
        if (parsed.GetResult(_help) is { Implicit: false })
        {
            console.Out.Write(command is null ? CommandHelp.For(_root) : CommandHelp.For(_root, command));
            return ExitCodes.Passed;
        }

        if (command is null && parsed.GetValue(_version))
        {
            console.Say($"{_root.Name} {ToolVersion.Text}");
            return ExitCodes.Passed;
        }

        if (FaultsOf(parsed, command, args) is { Count: > 0 } faults) return console.Fail(ExitCodes.WrongUsage, faults);
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

    // '--' after an option that needs a value stands in that value's place: what comes after it are options still.
    private List<string> WithoutLostEnd(IReadOnlyList<string> args)
    {
        HashSet<string> valued =
            [.. _root.Subcommands.SelectMany(c => c.Options).OfType<LoadOption>().Where(o => !o.IsValueOptional).Select(o => o.Name)];
        return [.. args.Where((arg, i) => arg is not End || i is 0 || !valued.Contains(args[i - 1]))];
    }

    private List<string> FaultsOf(ParseResult parsed, LoadCommand? command, IReadOnlyList<string> args)
    {
        string[] names = [.. _root.Subcommands.Select(c => c.Name)];
        if (command is null)
        {
            return [parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is no command; {Nearest.Advice(word, names)}"
                : $"No command was given; there are {string.Join(", ", names)}, and --help."];
        }

        string[] options = [.. command.Options.Select(o => o.Name), "--help"];
        var faults = parsed.Errors.Select(e => e.Message.TrimEnd('.') + $"; see {command.Name} --help.").ToList();
        HashSet<string> ended = [.. args.SkipWhile(arg => arg is not End)];
        foreach (var token in Unknown(parsed))
        {
            var name = token.Split('=')[0];
            if (ended.Contains(token) && options.Contains(name))
            {
                faults.Add($"'{token}' stands after '{End}', where no options are; take the '{End}' away.");
            }
            else if (!ended.Contains(token) || command.Arguments.Count is 0)
            {
                faults.Add($"'{token}' is no option of {command.Name}; {Advice(name)}");
            }
        }

        faults.AddRange(command.Options.OfType<LoadOption>().Select(o => o.FaultIn(parsed)).OfType<string>());
        return faults;

        string Advice(string token) =>
            command.Elsewhere.GetValueOrDefault(token) is { } own
                ? $"here it is {own}." : Nearest.To(token, options) is { } near ? $"did you mean {near}?" : $"see {command.Name} --help.";
    }

    // What follows an unknown option is its value, and no fault of its own; and where there are
    // arguments, an unknown option is taken for one.
    private static IEnumerable<string> Unknown(ParseResult parsed)
    {
        string[] words = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(
            a => a.Tokens).Select(t => t.Value).Where(IsOption), .. parsed.UnmatchedTokens];
        return words.Where((word, i) => IsOption(word)
            || i is 0 || !IsOption(words[i - 1]) || words[i - 1].Contains('=', StringComparison.Ordinal));

        static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal);
    }
}
