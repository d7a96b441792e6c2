using System.Net;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Gateways;

/// <summary>One place where connections go: a resolved address. Belongs to the pool's state and is guarded by its lock.</summary>
internal sealed class Gateway(GatewayAddress address, EndPoint endPoint, Ejection ejection)
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

    /// <summary>Openings that have failed since one worked, and until when there are no more.</summary>
    public Ejection Ejection => ejection;

    /// <summary>When something about it was last found broken: connections that were not used since are asked first.</summary>
    public TimeSpan SuspectSince { get; set; } = TimeSpan.MinValue;

    public Exception? LastFault { get; set; }

    /// <summary>When that happened.</summary>
    public TimeSpan FaultAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Its name does not stand for it any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether a connection to it may be opened. One that has failed is tried by one opening at a time.</summary>
    public bool IsAvailable(TimeSpan now) => !IsGone && ejection.IsOver(now) && (ejection.Failures is 0 || Opening is 0);

    /// <summary>Whether a connection to it may be opened when no gateway is available, and none is connected to.</summary>
    public bool IsLastResort(TimeSpan now) => !IsGone && Opening is 0 && now >= ejection.UntilAsLastResort;
}
