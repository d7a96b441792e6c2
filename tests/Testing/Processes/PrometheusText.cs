using System.Globalization;

namespace OrleansEcho.Testing.Processes;

/// <summary>Reads what a Prometheus server would scrape.</summary>
public static class PrometheusText
{
    /// <summary>Adds up the samples of a metric whose labels contain all of <paramref name="labels"/> (<c>name="value"</c>); zero when there are none.</summary>
    public static double Sum(string scrape, string name, params string[] labels) => scrape.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
        .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
