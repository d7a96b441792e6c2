using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Dashboards go by the names of instruments.</summary>
public sealed partial class MetricNameTests
{
    [Fact]
    public void InstrumentsAreFound() => Assert.Contains(Instruments.All, instrument => instrument.Name == "echo.gateway.connections.active");

    [Fact]
    public void NamesSayWhoseTheyAre() => Assert.All(Instruments.All, instrument => Assert.Matches(Name(), instrument.Name));

    [Fact]
    public void NamesAreUnique() => Faults.None(
        "An instrument is made in one place.",
        Instruments.All.GroupBy(instrument => instrument.Name).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(i => i.Where))}"));

    [GeneratedRegex(@"^echo\.[a-z]+(\.[a-z][a-z_]*)+$")]
    private static partial Regex Name();
}
