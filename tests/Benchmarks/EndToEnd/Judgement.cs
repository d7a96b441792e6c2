using System.Globalization;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>What a ratio of CPU a message is held against: one that was stored.</summary>
/// <param name="Key">Server and load, as in <c>cluster W1</c>.</param>
/// <param name="Stored">The stored ratio; null when there is none.</param>
internal sealed record Judgement(string Key, double? Stored)
{
    /// <summary>How far a ratio may be over the stored one: the machine's noise is half of it.</summary>
    public const double Tolerance = 0.15;

    /// <summary>The highest ratio that passes.</summary>
    public double Bound => (Stored ?? 0) * (1 + Tolerance);

    /// <summary>Whether a ratio is a regression. One beside which none is stored is: nobody would notice when it rose.</summary>
    public bool IsRegression(double found) => !(found <= Bound); // what is no number, too

    /// <summary>Why it is measured again; null when it is not: it is within the bound, or there is none that a better measurement could be within.</summary>
    public string? Doubt(double found, int rounds) => Stored is null || !IsRegression(found)
        ? null
        : Text($"{Key}: {found:0.00} is over {Bound:0.00} ({Tolerance:P0} over the stored {Stored:0.00}), perhaps for a bad moment of the machine's: measured again, {rounds} rounds, by which it is judged.");

    /// <summary>The fault, for a person; null when there is none.</summary>
    /// <param name="found">The ratio.</param>
    /// <param name="file">Where the stored one stands.</param>
    public string? Fault(double found, string file)
    {
        if (!IsRegression(found)) return null;
        return Stored is { } stored
            ? Text($"{Key}: CPU a message is {found:0.00} times the direct echo's, {(found / stored) - 1:P0} over the stored {stored:0.00} ({file}); find what made it dearer, or, if that is meant, store it anew with --store {file}.")
            : Text($"{Key}: CPU a message is {found:0.00} times the direct echo's, and no ratio is stored in {file} to hold it against; store it with --store {file}.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
