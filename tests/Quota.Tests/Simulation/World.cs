namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Time, which passes only from one event to the next.</summary>
internal sealed class World(Trace? trace)
{
    private readonly PriorityQueue<(Actor? Actor, Action Action), (long Moment, long Order)> _events = new();
    private long _order;

    /// <summary>Milliseconds since the start.</summary>
    public long Now { get; private set; }

    /// <summary>What has happened, where somebody wants to read it.</summary>
    public Trace? Trace => trace;

    /// <summary>Has an actor do something later, unless it is dead by then; one that is frozen does it when it thaws.</summary>
    public void At(long moment, Actor? actor, Action action) => _events.Enqueue((actor, action), (Math.Max(moment, Now), _order++));

    public void After(int delay, Actor? actor, Action action) => At(Now + delay, actor, action);

    /// <summary>Lets the next event happen; false when there is none up to the given moment.</summary>
    public bool Step(long until)
    {
        if (!_events.TryPeek(out var next, out var due) || due.Moment > until) return false;
        _events.Dequeue();
        Now = due.Moment;
        if (next.Actor is { IsDead: true }) return true;
        if (next.Actor is { } actor && actor.FrozenUntil > Now)
        {
            At(actor.FrozenUntil, actor, next.Action);
            return true;
        }

        next.Action();
        return true;
    }
}

/// <summary>A process: it can die, and it can freeze.</summary>
internal abstract class Actor
{
    public bool IsDead { get; set; }

    public long FrozenUntil { get; set; }
}
