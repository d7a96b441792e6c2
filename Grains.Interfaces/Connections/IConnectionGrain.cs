namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// One connection, keyed by its <see cref="ConnectionId"/>. It may vanish at any time (a silo is lost, an idle grain is collected);
/// its gateway then opens it again and sends the unanswered set again, with the same number.
/// </summary>
[Alias("echo.IConnectionGrain")]
public interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Opens the connection, or brings a grain that is open already to the gateway's view of it. Repeating it is harmless.</summary>
    /// <exception cref="InvalidOperationException">The connection is closed: no state leads back.</exception>
    [Alias("Open")]
    ValueTask OpenAsync(ConnectionOpening opening);

    /// <summary>Handles one set and answers with the set to write to the peer: for an echo, the same.</summary>
    /// <returns>
    /// The answer, under the same sequence number; or null when this activation has not been opened up to that number
    /// (<see cref="OpenAsync"/> it, then send the set again). A set whose number was handled before is answered again and not counted.
    /// </returns>
    /// <exception cref="InvalidOperationException">The connection is closed.</exception>
    [Alias("Echo")]
    ValueTask<MessageSet?> EchoAsync(MessageSet set);

    /// <summary>Ends the connection. Repeating it is harmless; the first reason stands.</summary>
    [Alias("Close")]
    ValueTask CloseAsync(CloseReason reason);

    /// <summary>
    /// What the grain knows of the connection; null when this activation has not been opened: the connection never was,
    /// or it idles and its grain was collected until its next message.
    /// </summary>
    [Alias("GetInfo")]
    ValueTask<ConnectionInfo?> GetInfoAsync();
}
