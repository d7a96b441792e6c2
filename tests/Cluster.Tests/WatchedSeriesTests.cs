using System.Text.RegularExpressions;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// What alerts and boards look at is there before anything has happened. A series that its first event brings into being shows no rise, so that its alert
/// stays silent; and one that is never there is a wrong name.
/// </summary>
public sealed partial class WatchedSeriesTests : ProcessTest
{
    // Of what these processes do not have, a store for the list of silos and a certificate, and states that begin with the first answer, by which no alert goes.
    private static readonly string[] NotHere =
    [
        "echo_membership_store_available", "echo_tls_certificate_remaining_seconds", "echo_gateway_quota_lease_remaining_seconds", "echo_gateway_backend_heartbeat_time_seconds",
    ];

    [Fact]
    public async Task EverySeriesIsThere_BeforeTheFirstEvent_AndIsDocumented()
    {
        var links = FreePorts.Next();
        var silo = Start(EchoExecutable.Silo, ["--port", $"{FreePorts.Next()}", "--gateway-port", $"{links}", "--management", "127.0.0.1:0", "--quota", "100"]);
        var gateway = Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, "--silos", $"127.0.0.1:{links}"]);
        Uri[] endpoints = [new(await silo.ManagementAsync(), "/metrics"), new(await gateway.ManagementAsync(), "/metrics")];
        await gateway.Output.WaitForAsync("The cluster's limit is 100 connections"); // from then on nothing is missing because it has not begun
        List<string> lines = [];
        foreach (var endpoint in endpoints) lines.AddRange((await EchoService.GetAsync(endpoint)).Body.Split('\n'));

        foreach (var file in (string[])["alerts.yml", "orleansecho.json"])
        {
            var selectors = Selectors(await ReadAsync(file)).Where(selector => !NotHere.Contains(selector.Name)).ToList();
            Assert.NotEmpty(selectors);
            Assert.Equal("", string.Join('\n', selectors.SelectMany(selector => selector.MissingFrom(lines))));
        }

        var documented = Row().Matches(await ReadAsync("operations.md")).Select(row => InPrometheus(row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value)).ToList();
        var exposed = lines.Where(line => line.StartsWith("# TYPE echo_", StringComparison.Ordinal)).Select(line => line["# TYPE ".Length..].Trim()).Distinct().ToList();
        Assert.Empty(exposed.Except(documented));
        Assert.Empty(documented.Where(one => !one.EndsWith(" histogram", StringComparison.Ordinal) && !NotHere.Contains(one.Split(' ')[0])).Except(exposed));
    }

    [Fact]
    public void SelectorsAreRead() => Assert.Equal(
        ["echo_a_total echo_reason=\"X\"", "echo_a_total echo_reason=\"Y\"", "echo_b "],
        Selectors("""
            # echo_comment
            expr: "sum by (echo_by) (rate(echo_a_total{job=\"gateway\",echo_reason=~\"X|Y\",echo_other!=\"Z\"}[5m])) / on (instance) group_left (echo_left) echo_b" # echo_more
            summary: "{{ $labels.echo_label }}"
            """).SelectMany(selector => selector.Wanted).Select(wanted => $"{wanted.Name} {string.Join(',', wanted.Labels)}"));

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Watched", file), Cancelled);

    private static string InPrometheus(string name, string unit, string kind) =>
        name.Replace('.', '_') + unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + kind switch { "counter" => "_total counter", "histogram" => " histogram", _ => " gauge" };

    // A histogram has no series before its first value. What is said of one is a quantile of many values over minutes, to which the first does not matter.
    private static List<Selector> Selectors(string text) =>
    [
        .. Name().Matches(NoSelector().Replace(text.Replace("\\\"", "\"", StringComparison.Ordinal), " "))
            .Select(match => new Selector(match.Groups[1].Value, match.Groups[2].Value))
            .Where(selector => !selector.Name.EndsWith("_bucket", StringComparison.Ordinal))
            .DistinctBy(selector => (selector.Name, selector.Matchers)),
    ];

    [GeneratedRegex(@"(?<![\w.$])((?:echo|orleans|dotnet|process)_[a-z0-9_]+)(?:\{([^}]*)\})?")]
    private static partial Regex Name();

    // Comments, the names of labels, and what is put into texts.
    [GeneratedRegex(@"\s#.*|^#.*|\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)|\{\{.*?\}\}|label_values\(|,\s*\w+\)", RegexOptions.Multiline)]
    private static partial Regex NoSelector();

    [GeneratedRegex(@"^\| `(echo\.[a-z_.]+)` \| `([^`]+)` \| ([^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("""(\w+)\s*(=~|=|!=|!~)\s*"([^"]*)""")]
    private static partial Regex Matcher();

    private sealed record Selector(string Name, string Matchers)
    {
        private static readonly string[] Listeners = ["line", "length-prefixed", "raw", "unix"];

        /// <summary>The series that it asks for by name: one for each alternative. What it leaves out asks for none.</summary>
        public IEnumerable<(string Name, string[] Labels)> Wanted
        {
            get
            {
                IEnumerable<string[]> sets = [[]];
                foreach (Match match in Matcher().Matches(Matchers))
                {
                    if (match.Groups[1].Value is "job" or "instance" || match.Groups[2].Value.StartsWith('!')) continue; // of Prometheus itself, and what is left out
                    var values = match.Groups[2].Value is "=~" ? match.Groups[3].Value.Split('|') : [match.Groups[3].Value];
                    sets = [.. from set in sets from value in values select (string[])[.. set, $"{match.Groups[1].Value}=\"{value}\""]];
                }

                return sets.Select(labels => (Name, labels.Order(StringComparer.Ordinal).ToArray()));
            }
        }

        /// <summary>Those that are not among these; of what each listener counts, each listener's.</summary>
        public IEnumerable<string> MissingFrom(List<string> series)
        {
            var own = series.Where(line => line.StartsWith(Name, StringComparison.Ordinal) && line[Name.Length] is '{' or ' ').ToList();
            string[] listeners = own.Exists(line => line.Contains("echo_listener=", StringComparison.Ordinal)) ? [.. Listeners.Select(name => $"echo_listener=\"{name}\"")] : [""];
            return from wanted in Wanted
                   from listener in listeners
                   where !own.Exists(line => line.Contains(listener, StringComparison.Ordinal) && Array.TrueForAll(wanted.Labels, label => line.Contains(label, StringComparison.Ordinal)))
                   select $"{Name}{{{string.Join(',', [.. wanted.Labels, listener])}}}";
        }
    }
}
