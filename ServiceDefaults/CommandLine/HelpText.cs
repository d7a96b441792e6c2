using System.Text;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.CommandLine;

/// <summary>Writes the help of a program: its flags, and every option with its values and its default.</summary>
internal static class HelpText
{
    private const int Width = 110;

    public static string For(ProgramDescription program)
    {
        var text = new StringBuilder();
        Paragraph(text, 0, $"{program.Name}: {program.Summary}");
        text.Append("\nUsage:\n  ").Append(program.Name).Append(" [flags] [--Section:Option=value ...]\n\nFlags:\n");
        foreach (var flag in program.Flags.Concat(CommandLineReader.CommonFlags(program)))
        {
            Item(text, $"{flag.Name} {flag.Argument}", flag.Description + (flag.IsRepeatable ? " Repeatable." : ""));
        }

        foreach (var command in program.Commands) Item(text, command.Name, command.Description);
        Item(text, "--config FILE", "Reads options from this JSON file, too.");
        Item(text, "--version", "Says which version this is.");
        Item(text, "-h, --help", "Says this.");

        text.Append("\nOptions, each as a flag, in the environment and in appsettings.json:\n");
        Paragraph(text, 2, Example(program.Options) + " The command line is stronger than the environment, "
            + "the environment than the file of --config, and that than appsettings.json in the current directory.");
        foreach (var section in program.Options.Entries.GroupBy(OptionCatalog.SectionOf))
        {
            text.Append('\n');
            foreach (var entry in section)
            {
                var value = entry.Default.Length > 0 ? $"default {entry.Default}" : "no default";
                Paragraph(text, 2, $"{entry.Key}  ({entry.Values}; {value})");
                Paragraph(text, 6, entry.Description);
            }
        }

        if (program.Defaults.Count > 0)
        {
            text.Append("\nSet by default:\n");
            foreach (var (key, value) in program.Defaults) text.Append("  ").Append(key).Append('=').Append(value).Append('\n');
        }

        text.Append("\nExit codes: 0 stopped in order; 1 a fault, explained in the log; 2 wrong configuration; 3 an address cannot be bound;\n  4 a silo was declared dead by the others; 130 aborted by a second Ctrl-C.\n");
        return text.ToString();
    }

    // An option of this very program: who copies it must not be told that there is none.
    private static string Example(OptionCatalog options)
    {
        var entry = options.Entries.First(e => e.Default.Length > 0 && !e.Key.Contains('<', StringComparison.Ordinal));
        var segments = entry.Key.Split(':');
        var json = string.Concat(segments.Select(s => $"{{\"{s}\":")) + $"\"{entry.Default}\"" + new string('}', segments.Length);
        return $"--{entry.Key}={entry.Default}, {string.Join("__", segments)}={entry.Default} and {json} mean the same.";
    }

    private static void Item(StringBuilder text, string name, string description)
    {
        text.Append("  ").Append(name).Append('\n');
        Paragraph(text, 6, description);
    }

    private static void Paragraph(StringBuilder text, int indent, string words)
    {
        var column = 0;
        foreach (var word in words.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column is 0 ? new string(' ', indent) : " ").Append(word);
            column += (column is 0 ? indent : 1) + word.Length;
        }

        text.Append('\n');
    }
}
