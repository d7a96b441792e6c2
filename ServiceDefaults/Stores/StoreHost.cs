namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>
/// Tells a server's name from something else. The clients of stores take any text for a host, a URL with a password in it too, and messages name the
/// host: so a connection string whose host is none is not a connection string.
/// </summary>
internal static class StoreHost
{
    /// <summary>Whether it is a DNS name, an IP address or the path of a Unix socket.</summary>
    public static bool IsName(string host) => host.StartsWith('/') || Uri.CheckHostName(host) is not UriHostNameType.Unknown;

    /// <summary>Whether a text is a URL: many services hand out their connection strings as one.</summary>
    public static bool IsUrl(string text) => text.Contains("://", StringComparison.Ordinal);
}
