using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>What a peer is told about a reason: one sentence for a person, never a fault's own text.</summary>
internal static class ReasonTexts
{
    /// <summary>The sentence for a refusal.</summary>
    public static string For(RejectReason reason) => reason switch
    {
        RejectReason.TooManyConnections => "this gateway holds as many connections as it may; try again later or at another gateway",
        RejectReason.BackendUnavailable => "no silo can be reached; try again later",
        RejectReason.Draining => "this gateway is stopping; connect again to reach another",
        RejectReason.InternalError => "a fault of the gateway, which is in its log",
        RejectReason.QuotaExceeded => "the whole cluster holds as many connections as it may; try again later",
        RejectReason.QuotaUnavailable => "nobody can tell now whether the cluster has room for one more; try again in some seconds",
        RejectReason.Overloaded => "the silos have more to do than they can do in time; try again in some seconds",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>The sentence for a close; null when there is nobody to tell or nothing to say.</summary>
    public static string? For(CloseReason reason, ConnectionLimits limits) => reason switch
    {
        CloseReason.PeerClosed or CloseReason.PeerReset or CloseReason.SendTimeout or CloseReason.Aborted => null,
        CloseReason.TruncatedFrame => "the last message was not complete",
        CloseReason.FrameTooLong => $"a message has at most {limits.MaxMessageBytes} bytes here",
        CloseReason.IdleTimeout => $"no complete message for {limits.IdleTimeout.TotalSeconds:0.###} s",
        CloseReason.FirstByteTimeout => $"nothing was sent for {limits.FirstByteTimeout.TotalSeconds:0.###} s",
        CloseReason.BackendUnavailable => "no silo answered in time; messages without an echo may or may not have been handled",
        CloseReason.Draining => "this gateway is stopping; connect again to reach another",
        CloseReason.InternalError => "a fault of the gateway, which is in its log",
        CloseReason.QuotaLost => "this gateway cannot reach the cluster's connection limit any more; connect again to reach another",
        CloseReason.BuffersExhausted => "this gateway's memory for unread echoes and unfinished messages is used up, and this connection held more of it than others",
        CloseReason.QuotaLowered => "the cluster's connection limit was lowered; try again later",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
