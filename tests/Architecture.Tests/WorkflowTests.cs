using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>A proof that only people start is one that nobody runs: README's longer proofs are in a workflow, and each job ends.</summary>
public sealed partial class WorkflowTests
{
    private const string Digits = "0123456789";

    private static readonly Dictionary<string, string> Workflows =
        Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml").ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    [Fact]
    public void EachLongProof_IsRunByAWorkflow()
    {
        var proofs = LongProofs().Match(Repository.Read("README.md")).Groups[1].Value
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Proof().Match(line)).ToList();
        var runs = Workflows.Values.SelectMany(workflow => workflow.Split('\n')).ToList();
        Assert.InRange(proofs.Count, 5, 20);
        Faults.None("A workflow runs it.", proofs.Where(proof => !runs.Exists(run => Runs(run, proof))).Select(proof => proof.Value));
    }

    [Fact]
    public void EachJobHasATimeLimit() => Faults.None(
        "It has a time limit.",
        Workflows.SelectMany(workflow => Job().Split(workflow.Value.Split("\njobs:\n")[1])[1..].Where(job => !TimeLimit().IsMatch(job)).Select(job => $"{workflow.Key}: {job.Split('\n')[0]}")));

    // A filter that matches nothing fails at night only, or tells a reader that all is well.
    [Fact]
    public void EachTestClassThatACommandNames_IsThere()
    {
        var classes = Projects.TestSourceFiles.Select(Path.GetFileNameWithoutExtension).ToHashSet();
        string[] pages = [Repository.Read("README.md"), Repository.Read("CONTRIBUTING.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(File.ReadAllText)];
        var named = pages.Concat(Workflows.Values).SelectMany(text => Filter().Matches(text)).Select(match => match.Groups[1].Value).ToList();
        Assert.InRange(named.Count, 6, 100);
        Faults.None("A class of that name is in tests.", named.Where(name => !classes.Contains(name)));
    }

    // How long a proof goes on is up to the workflow. Any other setting is the proof: without LOSS=long a fault is over before a silo is declared dead.
    private static bool Runs(string run, Match proof) =>
        run.Contains(proof.Groups["command"].Value, StringComparison.Ordinal)
        && proof.Groups["setting"].Captures.All(setting => run.Contains($" {setting.Value.TrimEnd([.. Digits])}", StringComparison.Ordinal));

    [GeneratedRegex(@"longer proofs are their own commands[^:]*:\s+```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex LongProofs();

    // Settings and command, without the comment.
    [GeneratedRegex(@"^(?:(?<setting>[A-Z_]+=\S+) )*(?<command>.*?)(?=\s*(?:#.*)?$)")]
    private static partial Regex Proof();

    [GeneratedRegex(@"--filter-class '\*(\w+)'")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^  (?=\w+:$)", RegexOptions.Multiline)]
    private static partial Regex Job();

    [GeneratedRegex(@"^    timeout-minutes: ", RegexOptions.Multiline)]
    private static partial Regex TimeLimit();
}
