using System.CommandLine;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>A command of the load tester. A new one is a class, and a line in Program.cs.</summary>
internal abstract class LoadCommand(string name, string description) : Command(name, description)
{
    private readonly List<(string Title, List<Option> Options)> _groups = [];

    /// <summary>Its options as --help lists them.</summary>
    public IReadOnlyList<(string Title, List<Option> Options)> Groups => _groups;

    /// <summary>Command lines to copy, for --help.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    /// <summary>Options of other commands that it does not take, and what it has instead.</summary>
    public virtual IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>();

    /// <summary>Carries it out, on a command line without unknown words and missing values.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public abstract Task<int> RunAsync(ParseResult parsed, LoadConsole console);

    /// <summary>Adds an option that has a value.</summary>
    /// <param name="group">Where --help lists it.</param>
    /// <param name="name">With its dashes.</param>
    /// <param name="value">What stands for the value in --help.</param>
    /// <param name="description">What it does, with unit and default.</param>
    public LoadOption Value(string group, string name, string value, string description) => Add(group, new LoadOption(name) { HelpName = value, Description = description });

    /// <summary>Adds an option that may stand several times, each time with a value.</summary>
    public LoadOption Values(string group, string name, string value, string description) =>
        Add(group, new LoadOption(name) { HelpName = value, Description = description + " Repeatable.", IsRepeatable = true });

    /// <summary>Adds an option that is there or not.</summary>
    public Option<bool> Switch(string group, string name, string description) => Add(group, new Option<bool>(name) { Description = description, Arity = ArgumentArity.Zero });

    /// <summary>Adds an option to a group.</summary>
    public T Add<T>(string group, T option)
        where T : Option
    {
        Options.Add(option);
        if (_groups.Find(g => g.Title == group).Options is { } options) options.Add(option);
        else _groups.Add((group, [option]));
        return option;
    }
}
