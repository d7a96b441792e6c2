using System.Reflection;

namespace OrleansEcho.LoadTest.Results;

/// <summary>The version of the load tester: figures of two versions may not mean the same.</summary>
internal static class ToolVersion
{
    /// <summary>The version of a result's tool, which may say its name, too.</summary>
    public static string Of(string tool) => tool.Split(' ')[^1];

    /// <summary>As it is written in results; without the commit.</summary>
    public static string Text { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
