using System.Diagnostics.CodeAnalysis;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// One silo, as this gateway reaches it: from its first answer until it is lost. A silo that comes back is another link. Safe for any thread.
/// </summary>
/// <param name="name">Where the silo is.</param>
/// <param name="grains">The grains, by way of this silo.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The source and the queue have no timer and no handle: nothing is held that the garbage collector does not free.")]
internal sealed class SiloLink(string name, IGrainFactory grains)
{
    // Rounds of SiloLinks, a second each: long enough that hundreds of peers do not find out one after another, and the silo is tried again soon.
    private const int ShunnedFor = 5;

    private readonly CancellationTokenSource _lost = new();
    private SetLane[] _lanes = [];
    private int _connections;
    private int _surplus;
    private int _shunned;
    private long _answeredAt;
    private long _heartbeatTicks;
    private volatile bool _dismissesAll;
    private volatile bool _isLeaving;

    /// <summary>Where the silo is.</summary>
    public string Name => name;

    /// <summary>Grains by way of this silo; those that stay where they are called live on it.</summary>
    public IGrainFactory Grains => grains;

    /// <summary>The grains of connections, by way of this silo.</summary>
    public ConnectionGrains ConnectionGrains { get; } = new(grains);

    /// <summary>Whose turn it is to be opened on it.</summary>
    public OpeningQueue Openings { get; } = new();

    /// <summary>Cancelled when the silo does not answer any more: no answer that is waited for comes, or matters if it does.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The silo is about to stop: what is under way is still answered, what comes next goes elsewhere.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>How many connections of this gateway are on it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>
    /// A connection could not be opened on it lately, though its heart beats: others go elsewhere for a while. Without that it would attract
    /// them all, because it has the fewest.
    /// </summary>
    public bool IsShunned => Volatile.Read(ref _shunned) > 0;

    /// <summary>When its heart has beaten last: a timestamp of the gateway's <see cref="TimeProvider"/>; 0 before the first time.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    /// <summary>How long the last heartbeat took; null before the first.</summary>
    public TimeSpan? HeartbeatTime => Volatile.Read(ref _heartbeatTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Its heart has beaten.</summary>
    public void Answered(long timestamp) => Volatile.Write(ref _answeredAt, timestamp);

    /// <summary>The heartbeat took this long.</summary>
    public void Took(TimeSpan heartbeat) => Volatile.Write(ref _heartbeatTicks, Math.Max(1, heartbeat.Ticks));

    /// <summary>Opens the lanes into the silo, on which sets travel together. Before anybody else has the link.</summary>
    public void OpenLanes(Func<CancellationToken, SetLane[]> open) => _lanes = open(Lost);

    /// <summary>The lane of the connection with this number; null when the silo has none: its sets go alone.</summary>
    public SetLane? LaneOf(long connection) => _lanes.Length is 0 ? null : _lanes[connection % _lanes.Length];

    /// <summary>A connection comes.</summary>
    public void Enter() => Interlocked.Increment(ref _connections);

    /// <summary>A connection goes.</summary>
    public void Exit() => Interlocked.Decrement(ref _connections);

    /// <summary>So many connections are to go elsewhere, whenever they send something next.</summary>
    public void Dismiss(int connections) => Volatile.Write(ref _surplus, connections);

    /// <summary>Whether a connection that is about to send something is to go elsewhere. Called for each set: it costs two reads.</summary>
    public bool TryDismiss() => _dismissesAll || (Volatile.Read(ref _surplus) > 0 && Interlocked.Decrement(ref _surplus) >= 0);

    /// <summary>A connection could not be opened on it.</summary>
    public void Shun() => Volatile.Write(ref _shunned, ShunnedFor);

    /// <summary>A round has passed.</summary>
    public void Forgive()
    {
        var rounds = Volatile.Read(ref _shunned);
        if (rounds > 0) Interlocked.CompareExchange(ref _shunned, rounds - 1, rounds);
    }

    /// <summary>The silo has said that it is about to stop.</summary>
    public void Retire() => (_isLeaving, _dismissesAll) = (true, true);

    /// <summary>The silo is lost.</summary>
    public void Lose()
    {
        _dismissesAll = true;
        _lost.Cancel();
    }
}
