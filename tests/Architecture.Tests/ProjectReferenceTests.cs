using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Which project may know which: docs and build files say the same, and the compiled code rides on nothing in between.</summary>
public sealed class ProjectReferenceTests
{
    // Silo -> Grains -> Grains.Interfaces <- Gateway -> Protocols <- Client; LoadTest -> Protocols, Grains.Interfaces; Standalone -> both hosts; hosts -> ServiceDefaults.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Grains.Interfaces"] = [],
        ["Grains"] = ["Grains.Interfaces"],
        ["Silo"] = ["Grains", "ServiceDefaults"],
        ["Protocols"] = [],
        ["Gateway"] = ["Grains.Interfaces", "Protocols", "ServiceDefaults"],
        ["Standalone"] = ["Gateway", "ServiceDefaults", "Silo"],
        ["ServiceDefaults"] = [],
        ["Client"] = ["Protocols"],
        ["LoadTest"] = ["Grains.Interfaces", "Protocols", "ServiceDefaults"],
    };

    public static TheoryData<string> Names() => [.. Projects.References.Keys];

    public static TheoryData<string> Assemblies() => [.. Product.Assemblies.Keys];

    [Fact]
    public void EveryProjectIsRead() => Assert.Superset(
        new HashSet<string>(["Client", "Gateway", "Grains", "Grains.Interfaces", "LoadTest", "Protocols", "ServiceDefaults", "Silo", "Standalone"]),
        Product.Assemblies.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(Names))]
    public void ProjectRefersToWhatTheDesignAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} has no place in the design's order of projects.");
        Assert.Equal(allowed, Projects.References[project]);
    }

    // A project reference brings those behind it along; a type of theirs would be used without anybody having declared it.
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void AssemblyUsesNoProjectThatItDoesNotDeclare(string project)
    {
        var used = Product.Assemblies[project].MainModule.AssemblyReferences.Select(reference => Product.ProjectOf(reference.Name)).Where(name => name.Length > 0);
        Assert.Subset(Projects.References[project].ToHashSet(), used.ToHashSet());
    }
}
