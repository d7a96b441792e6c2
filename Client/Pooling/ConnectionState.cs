namespace OrleansEcho.Client.Pooling;

/// <summary>Where a pool's connection stands.</summary>
internal enum ConnectionState
{
    Opening,
    Idle,
    Validating,
    Leased,
    Closed,
}
