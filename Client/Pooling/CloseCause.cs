namespace OrleansEcho.Client.Pooling;

/// <summary>Why a pool closes a connection: a closed list, in its metrics.</summary>
internal enum CloseCause
{
    /// <summary>The connection ended by itself, or a request had no echo in time.</summary>
    Broken,

    /// <summary>It idled for too long.</summary>
    IdleTimeout,

    /// <summary>It has grown old.</summary>
    MaximumLifetime,

    /// <summary>It idled, and did not echo when it was asked.</summary>
    ValidationFailed,

    /// <summary>The gateway's name stands for other addresses now.</summary>
    GatewayGone,

    /// <summary>The pool was disposed of.</summary>
    PoolClosed,
}
