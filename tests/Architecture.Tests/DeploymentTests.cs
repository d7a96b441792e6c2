using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using OrleansEcho.Architecture.Tests.Reading;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.Silo;

namespace OrleansEcho.Architecture.Tests;

/// <summary>
/// What containers are configured with, and what operators watch, is there in the code. A wrong option is told at the start; a wrong name in
/// an alert is an alert that never fires.
/// </summary>
public sealed partial class DeploymentTests
{
    private static readonly string[] Attributes = ["echo_listener", "echo_reject_reason", "echo_close_reason", "echo_quota_outcome", "echo_quota_denial", "echo_quota_scope", "echo_silo"];

    private static readonly (string File, string Text)[] Watching = Read("deploy/prometheus/alerts.yml", "deploy/grafana/dashboards/orleansecho.json");

    private static readonly (string File, string Text)[] Configuring = Read(
    [
        "Silo/Dockerfile", "Gateway/Dockerfile",
        .. Directory.EnumerateFiles(Repository.Root, "docker-compose*.yml").Select(file => Path.GetFileName(file)),
        .. Directory.EnumerateFiles(Repository.PathOf("deploy", "kubernetes"), "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace(Path.DirectorySeparatorChar, '/')),
    ]);

    [Fact]
    public void OptionsExist()
    {
        var options = new OptionCatalog().AddGateway().AddTcp().AddCluster().AddSilo().Add<ManagementOptions>(ManagementOptions.Section);
        Faults.None("A deployment sets options that exist.", Find(Configuring, Variable(), variable => options.Find(variable.Replace("__", ":", StringComparison.Ordinal)) is not null));
    }

    [Fact]
    public void MetricsExist()
    {
        var names = Instruments.All.Select(instrument => instrument.Name!.Replace('.', '_')).Concat(Attributes).ToHashSet();
        Faults.None("Alerts and dashboards go by metrics that exist.", Find(Watching, Metric(), metric => names.Contains(metric)));
    }

    [Fact]
    public void ReasonsExist()
    {
        string[] names = [.. Enum.GetNames<RejectReason>(), .. Enum.GetNames<CloseReason>(), .. Enum.GetNames<QuotaDenial>(), "NoAnswer", "Unavailable"];
        Faults.None("Alerts and dashboards go by reasons that exist.", Find(Watching, Reasons(), reasons => reasons.Split('|').All(names.Contains)));
    }

    [Fact]
    public void ManifestsAreOfKubernetesTypes() => Faults.None(
        "A manifest has what Kubernetes knows, where it knows it.",
        Configuring.Where(file => file.File.StartsWith("deploy/kubernetes/", StringComparison.Ordinal) && !file.File.EndsWith("kustomization.yaml", StringComparison.Ordinal))
            .Select(file => (file.File, Fault: Record.Exception(() => Assert.NotEmpty(KubernetesYaml.LoadAllFromString(file.Text, strict: true)))))
            .Where(file => file.Fault is not null)
            .Select(file => $"{file.File}: {file.Fault!.Message}"));

    [Fact]
    public void SilosMayReadPods_AndNothingElse()
    {
        var objects = KubernetesYaml.LoadAllFromString(Repository.Read("deploy", "kubernetes", "hosting", "rbac.yaml"), strict: true);
        var rule = Assert.Single(objects.OfType<V1Role>().Single().Rules);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "watch"], rule.Verbs);
        Assert.Equal("silo", Assert.Single(objects.OfType<V1RoleBinding>().Single().Subjects).Name);
        Assert.Equal(2, objects.Count);
    }

    private static IEnumerable<string> Find((string File, string Text)[] files, Regex pattern, Func<string, bool> isKnown)
    {
        var found = files.SelectMany(file => pattern.Matches(file.Text).Select(match => (file.File, Word: match.Groups[1].Value))).ToList();
        Assert.NotEmpty(found);
        return found.Where(one => !isKnown(one.Word)).Select(one => $"{one.File}: {one.Word}");
    }

    private static (string File, string Text)[] Read(params string[] files) => [.. files.Select(file => (file, Repository.Read(file.Split('/'))))];

    [GeneratedRegex(@"\b((?:Gateway|Backend|Quota|Cluster|Silo|Storage|Management)(?:__[A-Za-z-]+)+)")]
    private static partial Regex Variable();

    // As Prometheus has them: with their unit, and with what kind they are of.
    [GeneratedRegex(@"\b(echo_[a-z_]+?)(?:_seconds|_bytes)?(?:_total|_bucket|_sum|_count)?\b")]
    private static partial Regex Metric();

    [GeneratedRegex("""echo_(?:reject_reason|close_reason|quota_outcome|quota_denial)!?=~?\\?"([^"\\]+)""")]
    private static partial Regex Reasons();
}
