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

    private static readonly (string Project, string Method, int Id)[] Events =
    [
        .. from assembly in Product.Assemblies
           from written in assembly.Value.WrittenTypes()
           from type in written.WithNested()
           from method in type.Methods
           from attribute in method.CustomAttributes
           where attribute.AttributeType.Name == "LoggerMessageAttribute"
           let named = attribute.Properties.Where(p => p.Name == "EventId").Select(p => p.Argument)
           let id = named.Concat(attribute.ConstructorArguments.Where(a => a.Type.FullName == "System.Int32")).Select(a => (int)a.Value).FirstOrDefault(-1)
           select (assembly.Key, $"{written.FullName}.{method.Name}", id),
    ];

    [Fact]
    public void EventsAreFound() => Assert.Contains(Events, e => e is { Project: "Grains", Id: 3001 });

    [Fact]
    public void IdsAreUnique() => Faults.None(
        "An event's id is used once.",
        Events.GroupBy(e => e.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(e => e.Method))}"));

    [Fact]
    public void IdsLieInTheRangeOfTheirProject() => Faults.None(
        "An event's id lies in the thousand of its project.",
        Events.Where(e => !FirstIds.TryGetValue(e.Project, out var first) || e.Id < first || e.Id >= first + 1000).Select(e => $"{e.Id}: {e.Method}"));
}
