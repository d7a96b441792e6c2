using System.Net;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Gateways;

/// <summary>One place where connections go: a resolved address. Belongs to the pool's state and is guarded by its lock.</summary>
internal sealed class Gateway(GatewayAddress address, EndPoint endPoint)
{
    public GatewayAddress Address => address;

    public EndPoint EndPoint => endPoint;

    public string Name { get; } = address.EndPoint is null ? $"{address.Text} ({endPoint})" : address.Text;

    /// <summary>Its idle connections; the one that was used last is last.</summary>
    public List<PooledConnection> Idle { get; } = [];

    public int Leased { get; set; }

    public int Opening { get; set; }

    /// <summary>What it owes echoes for, also where nobody waits any more: counted without the pool's lock.</summary>
    public RequestCount Requests { get; } = new();

    /// <summary>Whether it has less to do than another one: fewer requests, or as many and fewer connections that will have some.</summary>
    public bool IsLessBusyThan(Gateway other)
    {
        var (mine, others) = (Requests.Value, other.Requests.Value);
        return mine < others || (mine == others && Leased + Opening < other.Leased + other.Opening);
    }

    /// <summary>Openings that have failed since one worked.</summary>
    public int Failures { get; set; }

    /// <summary>When the last of them was counted.</summary>
    public TimeSpan FailedAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Until when it is left alone after a failure.</summary>
    public TimeSpan EjectedUntil { get; set; }

    /// <summary>When something about it was last found broken: connections that were not used since are asked first.</summary>
    public TimeSpan SuspectSince { get; set; } = TimeSpan.MinValue;

    public Exception? LastFault { get; set; }

    /// <summary>Its name does not stand for it any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether a connection to it may be opened. One that has failed is tried by one opening at a time.</summary>
    public bool IsAvailable(TimeSpan now) => !IsGone && (Failures is 0 || (now >= EjectedUntil && Opening is 0));
}
