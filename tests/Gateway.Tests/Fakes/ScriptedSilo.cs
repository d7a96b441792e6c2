using System.Reflection;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Links;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>The grains of one silo, as the test plays them: every connection has the same grain. Made at run time, see <see cref="ScriptedGrain"/>.</summary>
public class ScriptedSilo : DispatchProxy
{
    private IConnectionGrain? _connection;
    private ILinkGrain? _link;
    private IConnectionQuotaGrain? _quota;

    /// <summary>A silo whose connection grains follow a script.</summary>
    internal static (SiloLink Link, ScriptedGrain Script) Make(string name)
    {
        var (grain, script) = ScriptedGrain.Make();
        return (new SiloLink(name, Make(grain, null)), script);
    }

    /// <summary>A silo whose heart beats as the test says.</summary>
    internal static IGrainFactory Make(ILinkGrain link) => Make(null, link);

    /// <summary>A silo by way of which the quota answers as the test says.</summary>
    internal static IGrainFactory Make(Func<LeaseRequest, Task<LeaseReply>> quota) => Make(null, null, ScriptedQuota.Make(quota));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType == typeof(ILinkGrain) ? _link
        : targetMethod.ReturnType == typeof(IConnectionGrain) ? _connection
        : targetMethod.ReturnType == typeof(IConnectionQuotaGrain) ? _quota
        : throw new NotSupportedException($"{targetMethod}");

    private static IGrainFactory Make(IConnectionGrain? connection, ILinkGrain? link, IConnectionQuotaGrain? quota = null)
    {
        var grains = Create<IGrainFactory, ScriptedSilo>();
        ((ScriptedSilo)(object)grains)._connection = connection;
        ((ScriptedSilo)(object)grains)._link = link;
        ((ScriptedSilo)(object)grains)._quota = quota;
        return grains;
    }
}
