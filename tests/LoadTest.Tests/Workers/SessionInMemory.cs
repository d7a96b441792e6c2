using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.Grains.LoadTests;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Tests.Workers;

/// <summary>The silos' session without silos, which can be lost, or be out of reach.</summary>
internal sealed class SessionInMemory : ILoadSession
{
    private readonly Lock _gate = new();
    private LoadSession _session = new(TimeProvider.System, new());
    private volatile Func<string, bool> _isCutOff = _ => false;

    /// <summary>All that it knew is gone, as when its silo is.</summary>
    public void Forget()
    {
        lock (_gate) _session = new LoadSession(TimeProvider.System, new());
    }

    /// <summary>These are not answered any more: workers by their names, and <c>conductor</c>.</summary>
    public void CutOff(Func<string, bool> who) => _isCutOff = who;

    public async ValueTask<WorkerOrder> WorkAsync(WorkerSign sign)
    {
        await Task.Yield();
        ThrowIfCutOff(sign.Name);
        lock (_gate) return _session.Work(sign);
    }

    public async ValueTask<SessionSign> ConductAsync(ConductorSign sign)
    {
        await Task.Yield();
        ThrowIfCutOff("conductor");
        lock (_gate) return _session.Conduct(sign);
    }

    private void ThrowIfCutOff(string who)
    {
        if (_isCutOff(who)) throw new SessionUnreachableException("It is cut off.");
    }
}
