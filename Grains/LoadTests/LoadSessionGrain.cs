using OrleansEcho.Grains.Interfaces.LoadTests;

namespace OrleansEcho.Grains.LoadTests;

/// <summary>A <see cref="LoadSession"/> that the whole cluster reaches.</summary>
[GrainType("loadsession")] // its name between processes of different versions
internal sealed class LoadSessionGrain(TimeProvider time) : Grain, ILoadSessionGrain
{
    private readonly LoadSession _session = new(time);

    public ValueTask<WorkerOrder> WorkAsync(WorkerSign sign) => new(_session.Work(sign));

    public ValueTask<SessionSign> ConductAsync(ConductorSign sign) => new(_session.Conduct(sign));
}
