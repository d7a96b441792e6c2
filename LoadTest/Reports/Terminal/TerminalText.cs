using OrleansEcho.ServiceDefaults;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansEcho.LoadTest.Reports.Terminal;

/// <summary>Pieces that terminal views are made of. Texts come from files and from gateways: nothing in them steers the terminal.</summary>
internal static class TerminalText
{
    /// <summary>What is good.</summary>
    public static Style Good { get; } = new(Color.Green);

    /// <summary>What is bad.</summary>
    public static Style Bad { get; } = new(Color.Red, decoration: Decoration.Bold);

    /// <summary>What a reader should look at.</summary>
    public static Style Warn { get; } = new(Color.Yellow);

    /// <summary>What only names something.</summary>
    public static Style Soft { get; } = new(Color.Grey);

    /// <summary>What is just said.</summary>
    public static Style Plain => Style.Plain;

    /// <summary>What matters.</summary>
    public static Style Strong { get; } = new(decoration: Decoration.Bold);

    /// <summary>A text without anything that a terminal obeys.</summary>
    public static string Clean(string text) => Shown.Text(text);

    /// <summary>A text.</summary>
    public static Text Of(string text) => new(Clean(text), Plain);

    /// <summary>A text that looks like something.</summary>
    public static Text Of(string text, Style style) => new(Clean(text), style);

    /// <summary>A bar of blocks, to an eighth of one; of signs where there are no blocks.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="width">How many columns 1 takes.</param>
    /// <param name="isUnicode">Whether the terminal has blocks.</param>
    public static string Bar(double share, int width, bool isUnicode)
    {
        var eighths = (int)Math.Round(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width * 8);
        var (full, rest) = (eighths / 8, eighths % 8);
        if (!isUnicode) return new string('#', full).PadRight(width);
        return (new string('█', full) + (rest > 0 ? " ▏▎▍▌▋▊▉"[rest] : "")).PadRight(width);
    }

    /// <summary>Values as a line of blocks, the greatest as high as the line.</summary>
    public static string Spark(IReadOnlyCollection<double> values, bool isUnicode)
    {
        var most = values.DefaultIfEmpty().Max();
        return string.Concat(values.Select(v => (isUnicode ? "▁▂▃▄▅▆▇█" : "_.-=+*%#")[most > 0 ? (int)Math.Clamp(v / most * 7.999, 0, 7) : 0]));
    }

    /// <summary>Rows of cells without lines, as wide as what is in them.</summary>
    /// <param name="rightAligned">Whether all but the first column stand at the right.</param>
    /// <param name="rows">As many cells each.</param>
    public static IRenderable Grid(bool rightAligned, params IReadOnlyList<IReadOnlyList<IRenderable>> rows) => new TerminalGrid(rightAligned, rows);

    /// <summary>Writes something, and goes to the next line.</summary>
    public static void Line(this IAnsiConsole console, IRenderable what)
    {
        console.Write(what);
        console.WriteLine();
    }

    /// <summary>Whether it has more than ASCII.</summary>
    public static bool IsUnicode(this IAnsiConsole console) => console.Profile.Capabilities.Unicode;
}
