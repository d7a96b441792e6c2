using System.Text.RegularExpressions;

namespace OrleansEcho.Architecture.Tests;

/// <summary>A proof that only people start is one that nobody runs: README's longer proofs are in a workflow, and each job ends.</summary>
public sealed partial class WorkflowTests
{
    private static readonly Dictionary<string, string> Workflows =
        Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml").ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    [Fact]
    public void EachLongProof_IsRunByAWorkflow()
    {
        var proofs = LongProofs().Match(Repository.Read("README.md")).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Proof().Match(line).Groups[1].Value).ToList();
        Assert.InRange(proofs.Count, 5, 20);
        Faults.None("A workflow runs it.", proofs.Where(proof => !Workflows.Values.Any(workflow => workflow.Contains(proof, StringComparison.Ordinal))));
    }

    [Fact]
    public void EachJobHasATimeLimit() => Faults.None(
        "It has a time limit.",
        Workflows.SelectMany(workflow => Job().Split(workflow.Value.Split("\njobs:\n")[1])[1..].Where(job => !TimeLimit().IsMatch(job)).Select(job => $"{workflow.Key}: {job.Split('\n')[0]}")));

    // A filter that matches nothing fails at night only, or tells a reader that all is well.
    [Fact]
    public void EachTestClassThatACommandNames_IsThere()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();
        string[] pages = [Repository.Read("README.md"), Repository.Read("CONTRIBUTING.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(File.ReadAllText)];
        var named = pages.Concat(Workflows.Values).SelectMany(text => Filter().Matches(text)).Select(match => match.Groups[1].Value).ToList();
        Assert.InRange(named.Count, 6, 100);
        Faults.None("A class of that name is in tests.", named.Where(name => !classes.Contains(name)));
    }

    [GeneratedRegex(@"longer proofs are their own commands[^:]*:\s+```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex LongProofs();

    // The command without how long it goes on, and without the comment.
    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ )*(.*?)\s*(?:#.*)?$")]
    private static partial Regex Proof();

    [GeneratedRegex(@"--filter-class '\*(\w+)'")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^  (?=\w+:$)", RegexOptions.Multiline)]
    private static partial Regex Job();

    [GeneratedRegex(@"^    timeout-minutes: ", RegexOptions.Multiline)]
    private static partial Regex TimeLimit();
}
