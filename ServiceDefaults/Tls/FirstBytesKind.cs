namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>What a connection's first bytes are of.</summary>
internal enum FirstBytesKind
{
    /// <summary>There are none, or too few: it has ended.</summary>
    None,

    /// <summary>A TLS handshake.</summary>
    Tls,

    /// <summary>The greeting of a silo or a gateway without TLS.</summary>
    Greeting,

    /// <summary>A request over HTTP.</summary>
    Http,

    /// <summary>Nothing that is spoken inside a cluster.</summary>
    Unknown,
}
