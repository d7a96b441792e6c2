namespace OrleansEcho.LoadTest.Results;

/// <summary>How a connection failed.</summary>
public enum ErrorClass
{
    /// <summary>It could not be opened: nobody listens, no route, no name.</summary>
    Connect,

    /// <summary>It was refused or closed with a reason other than the quota.</summary>
    Refused,

    /// <summary>It was refused or closed for the sake of the cluster's quota.</summary>
    Quota,

    /// <summary>It was reset.</summary>
    Reset,

    /// <summary>It was closed in order without a word while echoes were owed.</summary>
    Closed,

    /// <summary>An echo, or the opening, took longer than allowed.</summary>
    Timeout,

    /// <summary>The TLS handshake failed, or what came later was an alert or no TLS at all.</summary>
    Tls,

    /// <summary>The load tester's own machine had no port or no file left for another connection: nothing of the gateways.</summary>
    Local,
}
