using System.Text.RegularExpressions;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>The lines with which the programs end, as the source has them; where a value comes in, there is <see cref="Hole"/>.</summary>
internal static partial class ErrorLines
{
    /// <summary>Stands for a value.</summary>
    public const string Hole = "…";

    /// <summary>All of them, but for faults of options: those begin with the option's key, and <c>--help</c> has its range.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from file in Projects.SourceFiles
           let source = File.ReadAllText(file)
           from line in Thrown().Matches(source).Concat(Written().Matches(source)).Concat(IsOnlyLines(file) ? Chosen().Matches(source) : [])
           select Value().Replace(line.Groups["text"].Value, Hole),
    ];

    /// <summary>Why a store cannot be used by a program that starts, where that does not pass by itself.</summary>
    public static IReadOnlyList<string> OfStores { get; } =
        [.. Projects.SourceFiles.SelectMany(file => Lasting().Matches(File.ReadAllText(file))).Select(line => line.Groups["text"].Value).Distinct()];

    // Their lines are chosen by what has happened, and thrown elsewhere.
    private static bool IsOnlyLines(string file) => Path.GetFileName(file) is "BindFault.cs" or "TargetReachability.cs";

    // With an exit code, or in an exception that has its own.
    [GeneratedRegex("""(?:(?:CannotRunException|SessionUnreachableException)\(\s*|ExitCode\.\w+, (?:\w+\?\.Message \?\? )?)\$?"(?<text>(?:[^"{]|\{(?:[^{}]|\{[^{}]*\})*\})* (?:[^"{]|\{(?:[^{}]|\{[^{}]*\})*\})*)""")]
    private static partial Regex Thrown();

    [GeneratedRegex("""\$?"error: (?<text>[^"]* [^"]*)"[);\s]""")]
    private static partial Regex Written();

    [GeneratedRegex("""(?:=>\s+|\n\s+\? )\$"(?<text>(?:[^"{]|\{(?:[^{}]|\{[^{}]*\})*\})*)"[,\s]""")]
    private static partial Regex Chosen();

    [GeneratedRegex("""new\("(?<text>[^"]+)", MayPass: false\)""")]
    private static partial Regex Lasting();

    [GeneratedRegex(@"\{(?:[^{}]|\{[^{}]*\})*\}")]
    private static partial Regex Value();
}
