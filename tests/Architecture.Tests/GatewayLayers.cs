using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>The order inside the gateway: who may know whom.</summary>
internal static class GatewayLayers
{
    private const string Root = "OrleansEcho.Gateway";

    public static LayerOrder Order { get; } = new(Root, new Dictionary<string, string[]>
    {
        ["Hosting"] = ["Adapters", "Connections", "Admission", "Backend", "Sockets", "Diagnostics"], // puts everything together
        ["Adapters"] = ["Connections", "Admission", "Sockets", "Diagnostics"],
        ["Connections"] = ["Admission", "Backend", "Sockets", "Diagnostics"], // of sockets, only what a buffer holds
        ["Admission"] = ["Backend", "Diagnostics"],
        ["Backend"] = ["Sockets", "Diagnostics"],
        ["Sockets"] = [],
        ["Diagnostics"] = [],
        [""] = [], // the options of the process
    });

    /// <summary>The layer of a gateway's type.</summary>
    public static string Of(TypeReference type) => Order.Of(type);

    /// <summary>The adapter that a type belongs to; null for what all adapters share, and for what is none of theirs.</summary>
    public static string? AdapterOf(TypeReference type) => type.IsIn(Root) && type.Namespace[Root.Length..].Split('.') is [_, "Adapters", var adapter, ..] ? adapter : null;
}
