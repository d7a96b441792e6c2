using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>A connection of a pool. All but the client belongs to the pool's state and is guarded by its lock.</summary>
internal sealed class PooledConnection(Gateway gateway, ILeaseOwner? owner)
{
    private long _generation;

    public Gateway Gateway => gateway;

    /// <summary>Where leases return to; null only where nobody leases.</summary>
    public ILeaseOwner? Owner => owner;

    /// <summary>The connection itself; null until it is open.</summary>
    public EchoClient? Client { get; set; }

    public PooledConnectionState State { get; set; }

    /// <summary>Changes when a lease begins and when it ends: a lease of another generation is over.</summary>
    public long Generation
    {
        get => Volatile.Read(ref _generation);
        set => Volatile.Write(ref _generation, value);
    }

    /// <summary>When its opening began.</summary>
    public TimeSpan BegunAt { get; init; }

    /// <summary>When it has grown old.</summary>
    public TimeSpan Until { get; set; }

    /// <summary>When it last was returned, opened or found alive.</summary>
    public TimeSpan LastUsed { get; set; }

    /// <summary>A time after which it has echoed something: what it is judged by when it is lent again.</summary>
    public TimeSpan AliveAt { get; set; }

    public TimeSpan LeasedAt { get; set; }

    public LeaseOrigin Origin { get; set; }

    /// <summary>Whether its lease was reported as a possible leak.</summary>
    public bool IsReported { get; set; }

    /// <summary>Whether it has ended while somebody had it.</summary>
    public bool HasEnded { get; set; }
}
