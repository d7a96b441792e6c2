using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Projects that are worth something because of what they do without.</summary>
public sealed class PureProjectTests
{
    // Bytes and frames need nothing that waits, connects or hosts.
    private static readonly string[] NotForCodecs = ["System.Net", "System.IO", "System.Threading", "Microsoft", "Orleans"];

    // Contracts run in gateways and in silos: they bind neither to a host nor to a silo.
    private static readonly string[] NotForContracts = ["System.Net", "System.IO", "System.Threading.Channels", "Microsoft", "Orleans.Hosting", "Orleans.Configuration"];

    // What a program takes along that only wants to send: no host, no cluster, no server.
    private static readonly string[] NotForClients = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Extensions.Hosting"];

    // No contract between processes, and still to be known at both ends: how references are made, and the lane's end when both ends are in one process.
    private static readonly string[] SharedByBothEnds =
    [
        "OrleansEcho.Grains.Interfaces.Connections.ConnectionGrains",
        "OrleansEcho.Grains.Interfaces.Lanes.ILane",
        "OrleansEcho.Grains.Interfaces.Lanes.ILocalLanes",
    ];

    [Fact]
    public void CodecsKnowNothingButBytes() => AssertUsesNone("Protocols", NotForCodecs);

    [Fact]
    public void CodecsNeedTheBaseLibraryOnly() =>
        Assert.All(Product.Assemblies["Protocols"].MainModule.AssemblyReferences, reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void ClientKnowsNeitherHostsNorOrleans() => AssertUsesNone("Client", NotForClients);

    [Fact]
    public void ContractsKnowNeitherHostsNorSilos() => AssertUsesNone("Grains.Interfaces", NotForContracts);

    [Fact]
    public void ContractsAreGrainInterfacesAndWhatTheyCarry() => Faults.None(
        "This project holds grain interfaces, what their calls carry, names, and the little that both ends share.",
        Product.Assemblies["Grains.Interfaces"].WrittenTypes().Where(type => !IsGrain(type) && !IsCarried(type) && !IsNames(type) && !WrittenByHand.Contains(type.FullName) && !SharedByBothEnds.Contains(type.FullName)).Select(type => type.FullName));

    private static void AssertUsesNone(string project, string[] namespaces) => Faults.None(
        $"{project} uses nothing of {string.Join(", ", namespaces)}.",
        Product.Assemblies[project].WrittenTypes()
            .SelectMany(TypeUses.Of)
            .Where(use => namespaces.Any(name => use.Used.IsIn(name)))
            .Select(use => use.ToString()));

    private static bool IsGrain(TypeDefinition type) => type.IsInterface && type.Interfaces.Any(i => i.InterfaceType.Name.StartsWith("IGrainWith", StringComparison.Ordinal));

    private static bool IsCarried(TypeDefinition type) => type.Has("Orleans.GenerateSerializerAttribute");

    // A codec of our own, what it writes, and what that consists of.
    private static HashSet<string> WrittenByHand { get; } = [.. Product.Assemblies["Grains.Interfaces"].WrittenTypes().Where(type => type.Has("Orleans.RegisterSerializerAttribute")).SelectMany(PartsOfCodec)];

    private static IEnumerable<string> PartsOfCodec(TypeDefinition codec)
    {
        var parts = new HashSet<string> { codec.FullName };
        var open = new Stack<TypeReference>(codec.Interfaces.Select(i => i.InterfaceType).OfType<GenericInstanceType>().SelectMany(i => i.GenericArguments));
        while (open.TryPop(out var part))
        {
            if (part.GetElementType() is not TypeDefinition written || !parts.Add(written.FullName)) continue;
            foreach (var field in written.Fields.Where(f => !f.IsStatic)) open.Push(field.FieldType);
        }

        return parts;
    }

    // Such as the names of streams.
    private static bool IsNames(TypeDefinition type) => type is { IsAbstract: true, IsSealed: true, HasMethods: false };
}
