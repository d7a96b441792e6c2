using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Each alert is seen to fire at what it is for, and to be silent before, by Prometheus' own tool.</summary>
public sealed partial class AlertTests
{
    [Fact]
    public async Task AlertsDoWhatTheirTestsSay()
    {
        OutsideProgram.SkipUnlessInstalled("promtool");
        var folder = Repository.PathOf("deploy", "prometheus");
        var start = new ProcessStartInfo("promtool", ["test", "rules", Path.Combine(folder, "alerts.tests.yml")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var tool = Process.Start(start)!;
        var said = await Task.WhenAll(tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tool.ExitCode is 0, string.Concat(said));
    }

    [Fact]
    public void EachAlertHasTests()
    {
        var tests = Repository.Read("deploy", "prometheus", "alerts.tests.yml");
        var alerts = Alert().Matches(Repository.Read("deploy", "prometheus", "alerts.yml")).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(alerts);
        Faults.None("An alert is seen to fire.", alerts.Where(alert => !Regex.IsMatch(tests, $@"alertname: {alert}\s+exp_alerts:(?! \[\])")));
        Faults.None("An alert is seen to be silent before.", alerts.Where(alert => !tests.Contains($"alertname: {alert}, exp_alerts: []", StringComparison.Ordinal)));
    }

    // Connections are overdue from a second after they were asked to close (ConnectionRegistryTests) until they are aborted: that is all the time that a scrape has.
    [Fact]
    public void ADrainThatIsOverdueIsScraped()
    {
        var window = Seconds(DrainTimeout(), "docker-compose.yml") - 1;
        Assert.InRange(Seconds(GatewayScrape(), "deploy", "prometheus", "prometheus.yml"), 1, window - 0.5); // a scrape may be late by half a second
    }

    private static double Seconds(Regex setting, params string[] file) => double.Parse(Assert.Single(setting.Matches(Repository.Read(file))).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("Gateway__DrainTimeoutSeconds: .(\\d+).\n")]
    private static partial Regex DrainTimeout();

    [GeneratedRegex(@"- job_name: gateway\s+scrape_interval: (\d+)s")]
    private static partial Regex GatewayScrape();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();
}
