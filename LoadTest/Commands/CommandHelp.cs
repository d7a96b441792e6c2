using System.CommandLine;
using System.Text;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Writes --help: options in groups, for a terminal of 100 columns.</summary>
internal static class CommandHelp
{
    private const int Width = 100;
    private const int Indent = 30;

    /// <summary>Of the whole.</summary>
    public static string For(Command root)
    {
        var text = new StringBuilder().Append(root.Name).Append(' ').AppendLine(root.Description).AppendLine().AppendLine("Commands:");
        foreach (var command in root.Subcommands) Item(text, command.Name, command.Description ?? "");
        text.AppendLine();
        Item(text, "--version", "Says which version this is.");
        Item(text, "COMMAND --help", "Says what a command takes.");
        return Finish(text);
    }

    /// <summary>Of a command.</summary>
    public static string For(Command root, LoadCommand command)
    {
        var arguments = string.Concat(command.Arguments.Select(
            a => $" {(a.Arity.MinimumNumberOfValues is 0 ? $"[{a.Name}]" : a.Name)}{(a.Arity.MaximumNumberOfValues > 1 ? "..." : "")}"));
        var text = new StringBuilder().AppendLine(command.Description).AppendLine().Append("Usage: ")
            .Append(root.Name).Append(' ').Append(command.Name).Append(arguments).AppendLine(command.Groups.Count > 0 ? " [options]" : "");
        if (command.Arguments.Count > 0) text.AppendLine();
        foreach (var argument in command.Arguments) Item(text, argument.Name, argument.Description ?? "");
        foreach (var (title, options) in command.Groups)
        {
            text.AppendLine().Append(title).AppendLine(":");
            foreach (var option in options)
            {
                var value = option is LoadOption { IsValueOptional: true }
                    ? $" [{option.HelpName}]" : option is LoadOption ? $" {option.HelpName}" : "";
                Item(text, option.Name + value, option.Description ?? "");
            }
        }

        if (command.Examples.Count > 0) text.AppendLine().AppendLine("Examples:");
        foreach (var example in command.Examples) text.Append("  ").Append(root.Name).Append(' ').AppendLine(example);
        return Finish(text);
    }

    private static string Finish(StringBuilder text)
    {
        Paragraph(text.AppendLine(), 0, ExitCodes.Meaning);
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Item(StringBuilder text, string name, string description)
    {
        text.Append("  ").Append(name);
        if (name.Length + 3 > Indent) text.AppendLine().Append(' ', Indent);
        else text.Append(' ', Indent - name.Length - 2);
        Paragraph(text, Indent, description);
    }

    private static void Paragraph(StringBuilder text, int indent, string words)
    {
        var column = indent;
        foreach (var word in words.Split(' '))
        {
            if (column > indent && column + 1 + word.Length > Width)
            {
                text.AppendLine().Append(' ', indent);
                column = indent;
            }

            if (column > indent) text.Append(' ');
            text.Append(word);
            column += word.Length + (column > indent ? 1 : 0);
        }

        text.AppendLine();
    }
}
