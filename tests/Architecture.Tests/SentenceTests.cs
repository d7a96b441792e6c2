using System.Text.RegularExpressions;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Documentation is read by people in a hurry: no sentence of it needs reading twice because it is long.</summary>
public sealed partial class SentenceTests
{
    // What a reader keeps in mind at once. A semicolon or a colon does not end a sentence: the thought goes on.
    private const int MostWords = 45;

    public static TheoryData<string> Pages { get; } =
        ["README.md", .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void NoSentenceIsLongerThanItMayBe(string page)
    {
        var sentences = Paragraphs(Repository.Read(page.Split(Path.DirectorySeparatorChar))).SelectMany(Sentences).ToList();
        Assert.NotEmpty(sentences);
        Faults.None($"A sentence of {page} has {MostWords} words at most.", sentences.Where(sentence => Words(sentence) > MostWords).Select(sentence => $"{Words(sentence)}: {sentence}"));
    }

    [Fact]
    public void AnItem_ACell_AHeading_AndCodeEndASentence()
    {
        var page = "# One\n\nTwo\ntwo. Three `a. B`\n\n- Four\n  four\n- Five? \"Six.\" Seven\n\n| eight | nine |\n|---|---|\n| ten |\n\n```sh\nnone\n```\n\nEleven [el. Even](f.md), 1.5 v. x";
        Assert.Equal(
            ["# One", "Two two.", "Three `code`", "- Four four", "- Five?", "\"Six.\"", "Seven", "eight", "nine", "---", "---", "ten", "Eleven [el.", "Even], 1.5 v. x"],
            Paragraphs(page).SelectMany(Sentences));
        Assert.Equal([1, 2, 2, 2, 1, 1, 1, 1, 1, 0, 0, 1, 2, 4], Paragraphs(page).SelectMany(Sentences).Select(Words));
    }

    // Code blocks are left out: commands and output are no sentences. A table's cell counts by itself: it is read by itself.
    private static IEnumerable<string> Paragraphs(string page)
    {
        List<string> lines = [];
        foreach (var line in CodeBlock().Replace(page.ReplaceLineEndings("\n"), "\n").Split('\n').Select(line => line.Trim()).Append(""))
        {
            if (line.Length is 0 || Beginning().IsMatch(line))
            {
                if (lines.Count > 0) yield return string.Join(' ', lines);
                lines.Clear();
            }

            if (line.StartsWith('|'))
            {
                foreach (var cell in line.Split('|', StringSplitOptions.RemoveEmptyEntries)) yield return cell.Trim();
            }
            else if (line.Length > 0)
            {
                lines.Add(line);
            }
        }
    }

    // Where a link leads to is not read, and a piece of code is one word, whatever stands in it.
    private static string[] Sentences(string paragraph) => End().Split(Code().Replace(LinkTarget().Replace(paragraph, "]"), "`code`"));

    private static int Words(string sentence) => sentence.Split(' ').Count(word => word.Any(char.IsLetterOrDigit));

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^([-*] |\d+\. |#|>|\|)")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<=[.!?][""”)*]*)\s+(?=\P{Ll})")]
    private static partial Regex End();
}
