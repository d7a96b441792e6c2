using Mono.Cecil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>The assemblies of the product as the compiler left them.</summary>
internal static class Product
{
    private const string Prefix = "OrleansEcho.";
    private static readonly DefaultAssemblyResolver Resolver = CreateResolver();

    /// <summary>The assemblies by the names of their projects.</summary>
    public static IReadOnlyDictionary<string, AssemblyDefinition> Assemblies { get; } = Directory
        .EnumerateFiles(AppContext.BaseDirectory, Prefix + "*.dll")
        .Where(file => Projects.References.ContainsKey(ProjectOf(Path.GetFileNameWithoutExtension(file))))
        .Select(Load)
        .ToDictionary(assembly => ProjectOf(assembly.Name.Name));

    /// <summary>Reads an assembly.</summary>
    public static AssemblyDefinition Load(string file) => AssemblyDefinition.ReadAssembly(file, new ReaderParameters { AssemblyResolver = Resolver });

    /// <summary>The name of the project that an assembly comes from.</summary>
    public static string ProjectOf(string assembly) => assembly.StartsWith(Prefix, StringComparison.Ordinal) ? assembly[Prefix.Length..] : "";

    /// <summary>The top-level types that a person wrote: not those of the compiler and of source generators.</summary>
    public static IEnumerable<TypeDefinition> WrittenTypes(this AssemblyDefinition assembly) =>
        assembly.MainModule.Types.Where(type => type.Namespace.StartsWith(Prefix, StringComparison.Ordinal) && !type.IsGenerated());

    /// <summary>A type and all that are nested in it, at any depth.</summary>
    public static IEnumerable<TypeDefinition> WithNested(this TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    /// <summary>Whether the compiler or a source generator made the type.</summary>
    public static bool IsGenerated(this TypeDefinition type) =>
        type.Has("System.Runtime.CompilerServices.CompilerGeneratedAttribute")
        || type.Has("System.CodeDom.Compiler.GeneratedCodeAttribute")
        || (type.DeclaringType is { } parent && parent.IsGenerated());

    public static bool Has(this ICustomAttributeProvider member, string attribute) => member.CustomAttributes.Any(a => a.AttributeType.FullName == attribute);

    private static DefaultAssemblyResolver CreateResolver()
    {
        var resolver = new DefaultAssemblyResolver();
        var files = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        foreach (var folder in files.Select(file => Path.GetDirectoryName(file)).Distinct()) resolver.AddSearchDirectory(folder);
        return resolver;
    }
}
