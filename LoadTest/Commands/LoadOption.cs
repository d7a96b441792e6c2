using System.CommandLine;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>An option with a value, as text: what the text means is told where it is read, with the same words for a file and a flag.</summary>
internal sealed class LoadOption : Option<string[]>
{
    public LoadOption(string name)
        : base(name) => Arity = ArgumentArity.ZeroOrMore; // so that a missing value is told in our words

    /// <summary>Whether it may stand several times.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether it may stand without its value.</summary>
    public bool IsValueOptional { get; init; }

    /// <summary>Its values on a command line, in order; none where it does not stand there.</summary>
    public string[] ValuesIn(ParseResult parsed) => parsed.GetResult(this)?.Tokens.Select(t => t.Value).ToArray() ?? [];

    /// <summary>Whether it stands on a command line.</summary>
    public bool IsIn(ParseResult parsed) => parsed.GetResult(this) is { Implicit: false };

    /// <summary>What is wrong with how it stands on a command line; null for nothing.</summary>
    public string? FaultIn(ParseResult parsed)
    {
        if (parsed.GetResult(this) is not { Implicit: false } result) return null;
        var values = ValuesIn(parsed);
        if (result.IdentifierTokenCount > 1 && !IsRepeatable) return $"{Name} stands {result.IdentifierTokenCount} times; it takes one value, keep one of them.";
        if (IsValueOptional) return null;
        return values.Length < result.IdentifierTokenCount || values.Any(v => v.StartsWith("--", StringComparison.Ordinal)) ? $"{Name} has no value; write {Name} {HelpName}." : null;
    }
}
