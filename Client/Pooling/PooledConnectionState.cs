namespace OrleansEcho.Client.Pooling;

/// <summary>Where a pool's connection stands.</summary>
internal enum PooledConnectionState
{
    Opening,
    Idle,
    Validating,
    Leased,
    Closed,
}
