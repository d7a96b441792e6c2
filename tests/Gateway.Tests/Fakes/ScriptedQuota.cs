using System.Reflection;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>The quota's grain, as one silo reaches it: each request for a lease is answered by the test. Made at run time, see <see cref="ScriptedGrain"/>.</summary>
public class ScriptedQuota : DispatchProxy
{
    private Func<LeaseRequest, Task<LeaseReply>> _answer = _ => throw new NotSupportedException();

    internal static IConnectionQuotaGrain Make(Func<LeaseRequest, Task<LeaseReply>> answer)
    {
        var grain = Create<IConnectionQuotaGrain, ScriptedQuota>();
        ((ScriptedQuota)(object)grain)._answer = answer;
        return grain;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => new ValueTask<LeaseReply>(_answer((LeaseRequest)args![0]!));
}
