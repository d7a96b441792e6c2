namespace OrleansEcho.Gateway.Sockets;

/// <summary>One direction of a connection that can say what it holds.</summary>
internal interface IBuffer
{
    /// <summary>The size of the rented buffer, in bytes: 0 while nothing is held.</summary>
    int HeldBytes { get; }
}
