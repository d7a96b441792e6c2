using System.Reflection;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>The grains of one silo, as the test plays them: every connection has the same grain. Made at run time, see <see cref="ScriptedGrain"/>.</summary>
public class ScriptedSilo : DispatchProxy
{
    private IConnectionGrain? _connection;
    private ILinkGrain? _link;

    /// <summary>A silo whose connection grains follow a script.</summary>
    internal static (SiloLink Link, ScriptedGrain Script) Make(string name)
    {
        var (grain, script) = ScriptedGrain.Make();
        return (new SiloLink(name, Make(grain, null)), script);
    }

    /// <summary>A silo whose heart beats as the test says.</summary>
    internal static IGrainFactory Make(ILinkGrain link) => Make(null, link);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType == typeof(ILinkGrain) ? _link : targetMethod.ReturnType == typeof(IConnectionGrain) ? _connection : throw new NotSupportedException($"{targetMethod}");

    private static IGrainFactory Make(IConnectionGrain? connection, ILinkGrain? link)
    {
        var grains = Create<IGrainFactory, ScriptedSilo>();
        ((ScriptedSilo)(object)grains)._connection = connection;
        ((ScriptedSilo)(object)grains)._link = link;
        return grains;
    }
}
