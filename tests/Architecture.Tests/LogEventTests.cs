using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>An event's id is what an operator's alert goes by: one meaning, in one place.</summary>
public sealed class LogEventTests
{
    private static readonly Dictionary<string, int> FirstIds = new()
    {
        ["ServiceDefaults"] = 1000,
        ["Gateway"] = 2000,
        ["Grains"] = 3000,
        ["Silo"] = 4000,
        ["Client"] = 5000,
    };

    [Fact]
    public void EventsAreFound() => Assert.Contains(LogEvents.All, e => e is { Project: "Grains", Id: 3001, Level: "Debug" });

    [Fact]
    public void IdsAreUnique() => Faults.None(
        "An event's id is used once.",
        LogEvents.All.GroupBy(e => e.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(e => e.Method))}"));

    [Fact]
    public void IdsLieInTheRangeOfTheirProject() => Faults.None(
        "An event's id lies in the thousand of its project.",
        LogEvents.All.Where(e => !FirstIds.TryGetValue(e.Project, out var first) || e.Id < first || e.Id >= first + 1000).Select(e => $"{e.Id}: {e.Method}"));
}
