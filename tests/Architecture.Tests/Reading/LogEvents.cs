namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>All log methods of the product, as their attributes describe them.</summary>
internal static class LogEvents
{
    private static readonly string[] Levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

    public static readonly LogEvent[] All =
    [
        .. from assembly in Product.Assemblies
           from written in assembly.Value.WrittenTypes()
           from type in written.WithNested()
           from method in type.Methods
           from attribute in method.CustomAttributes
           where attribute.AttributeType.Name == "LoggerMessageAttribute"
           let values = attribute.Properties.Select(p => p.Argument).Concat(attribute.ConstructorArguments).ToList()
           let id = values.Where(a => a.Type.FullName == "System.Int32").Select(a => (int)a.Value).FirstOrDefault(-1)
           let level = values.Where(a => a.Type.Name == "LogLevel").Select(a => Levels[(int)a.Value]).FirstOrDefault("")
           select new LogEvent(assembly.Key, $"{written.FullName}.{method.Name}", id, level),
    ];
}

/// <summary>One of them.</summary>
/// <param name="Project">Where it is.</param>
/// <param name="Method">The method.</param>
/// <param name="Id">The event's id; -1 without one.</param>
/// <param name="Level">The name of its level.</param>
internal sealed record LogEvent(string Project, string Method, int Id, string Level)
{
    /// <summary>Whether somebody may have to do something.</summary>
    public bool IsTrouble => Level is "Warning" or "Error" or "Critical";
}
