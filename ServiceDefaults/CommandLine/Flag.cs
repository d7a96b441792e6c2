using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.CommandLine;

/// <summary>A flag of a program's command line: a short way to an option.</summary>
public sealed class Flag
{
    private readonly Func<string, FlagTarget, string?> _apply;

    private Flag(string name, string argument, string description, bool isRepeatable, Func<string, FlagTarget, string?> apply)
    {
        (Name, Argument, Description, IsRepeatable, _apply) = (name, argument, description, isRepeatable, apply);
    }

    /// <summary>How it is written: <c>--max-connections</c>.</summary>
    public string Name { get; }

    /// <summary>What stands for its value in the help: <c>N</c>.</summary>
    public string Argument { get; }

    /// <summary>What it does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>Whether it may stand more than once.</summary>
    public bool IsRepeatable { get; }

    /// <summary>A flag that sets one option.</summary>
    public static Flag For(string name, string argument, string key, OptionCatalog catalog)
    {
        var option = catalog.Find(key) ?? throw new ArgumentException($"There is no option {key}.", nameof(key));
        return new(name, argument, $"{option.Description} Sets {key}.", isRepeatable: false, (value, target) =>
        {
            target.Set(key, value);
            return null;
        });
    }

    /// <summary>A flag that does more than set one option.</summary>
    /// <param name="name">How it is written.</param>
    /// <param name="argument">What stands for its value in the help.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="isRepeatable">Whether it may stand more than once.</param>
    /// <param name="apply">Carries it out; answers with what is wrong with the value, or null.</param>
    public static Flag Custom(string name, string argument, string description, bool isRepeatable, Func<string, FlagTarget, string?> apply) =>
        new(name, argument, description, isRepeatable, apply);

    internal string? Apply(string value, FlagTarget target) => _apply(value, target);
}
