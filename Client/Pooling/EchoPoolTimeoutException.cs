namespace OrleansEcho.Client.Pooling;

/// <summary>No connection was free within the acquire time-out. The message says who holds them.</summary>
public sealed class EchoPoolTimeoutException : TimeoutException
{
    internal EchoPoolTimeoutException(string message, EchoPoolStatistics statistics)
        : base(message) => Statistics = statistics;

    /// <summary>The pool at that moment.</summary>
    public EchoPoolStatistics Statistics { get; }
}
