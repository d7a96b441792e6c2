using OrleansEcho.Grains.Interfaces.LoadTests;

namespace OrleansEcho.Grains.LoadTests;

/// <summary>A <see cref="LoadSession"/> that the whole cluster reaches.</summary>
[GrainType("loadsession")] // its name between processes of different versions
[CollectionAgeLimit(Minutes = 2)] // after ten seconds without a call it knows nothing that counts
internal sealed class LoadSessionGrain(TimeProvider time, LoadSessionMemory memory, LoadSessionPlaces places) : Grain, ILoadSessionGrain
{
    private readonly LoadSession _session = new(time, memory);

    // Who gets no place leaves no activation behind, either.
    private LoadSession Session
    {
        get
        {
            if (places.TryKeep(_session)) return _session;
            DeactivateOnIdle();
            throw new ArgumentException($"A silo carries {LoadSessionPlaces.Most} load sessions at most, and this one does. Take part in one of them (--session), or try again when one is over.");
        }
    }

    public ValueTask<WorkerOrder> WorkAsync(WorkerSign sign) => new(Session.Work(sign));

    public ValueTask<SessionSign> ConductAsync(ConductorSign sign) => new(Session.Conduct(sign));

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _session.Clear();
        places.Leave(_session);
        return Task.CompletedTask;
    }
}
