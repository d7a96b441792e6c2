using OrleansEcho.Grains.Interfaces.LoadTests;

namespace OrleansEcho.Grains.LoadTests;

/// <summary>A <see cref="LoadSession"/> that the whole cluster reaches.</summary>
[GrainType("loadsession")] // its name between processes of different versions
[CollectionAgeLimit(Minutes = 2)] // after ten seconds without a call it knows nothing that counts
internal sealed class LoadSessionGrain(TimeProvider time, LoadSessionMemory memory) : Grain, ILoadSessionGrain
{
    private readonly LoadSession _session = new(time, memory);

    public ValueTask<WorkerOrder> WorkAsync(WorkerSign sign) => new(_session.Work(sign));

    public ValueTask<SessionSign> ConductAsync(ConductorSign sign) => new(_session.Conduct(sign));

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _session.Clear();
        return Task.CompletedTask;
    }
}
