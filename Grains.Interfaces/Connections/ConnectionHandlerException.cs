namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// What a connection's grain does with a set has failed. The set reached it: whatever has failed in there, a time-out of its own included,
/// is no failure of the way to it, and the set is not sent again. The inner exception is the cause.
/// </summary>
[GenerateSerializer]
[Alias("echo.ConnectionHandlerException")]
public sealed class ConnectionHandlerException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="sequence">The number of the set.</param>
    /// <param name="cause">What the handler threw.</param>
    public ConnectionHandlerException(long sequence, Exception cause)
        : base($"What was to be done with set {sequence} failed: {cause.GetType().Name}: {cause.Message}", cause)
    {
    }
}
