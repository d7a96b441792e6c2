using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>What this project asks of a PostgreSQL client: that it says soon that the server is away.</summary>
public static class PostgresSettings
{
    // Before what a person writes, so that theirs wins. Two seconds for a command (one row, by its key: milliseconds), one to connect and
    // half a one for a cancellation. A server that stands still costs all three, as Npgsql connects anew to cancel; who waits behind the
    // call has a few seconds of patience (Backend:CallTimeoutSeconds).
    private const string Defaults = "Command Timeout=2;Timeout=1;Cancellation Timeout=500;";

    /// <summary>A connection string, to show how one looks.</summary>
    public const string Example = "Host=localhost;Username=echo;Password=...;Database=echo";

    /// <summary>Reads a connection string.</summary>
    /// <returns>False when it is none, or names no server, or what it names cannot be one.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? settings)
    {
        settings = null;
        try
        {
            var read = new NpgsqlConnectionStringBuilder(Defaults + text);
            if (string.IsNullOrEmpty(read.Host) || !read.Host.Split(',', StringSplitOptions.TrimEntries).All(IsServer)) return false;
            settings = read;
            string?[] passwords = [read.Password, read.SslPassword, Environment.GetEnvironmentVariable("PGPASSWORD")]; // the last is Npgsql's
            foreach (var password in passwords) Shown.Hide(password);
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            return false; // what it says would show a part of the text
        }
    }

    /// <summary>Reads a connection string that has been found valid.</summary>
    public static NpgsqlConnectionStringBuilder Parse(string text) => TryParse(text, out var settings) ? settings : throw new FormatException("Not a PostgreSQL connection string.");

    /// <summary>The server and the database, without what proves who may use them.</summary>
    public static string Place(this NpgsqlConnectionStringBuilder settings) => $"{settings.Host}:{settings.Port}, database {settings.Database ?? settings.Username ?? "(the user's)"}";

    /// <summary>The fault of a text that is no connection string; does not hold the text.</summary>
    public static string Unreadable(string key, string text) => StoreHost.IsUrl(text)
        ? $"{key}: is a URL, or has one in it, which Npgsql does not read; write {Example}."
        : $"{key}: is not a connection string of Npgsql with a host, such as {Example}.";

    // With its port, where there are several, and an IPv6 address in brackets then.
    private static bool IsServer(string host)
    {
        var colon = host.LastIndexOf(':');
        return StoreHost.IsName(host) || (colon > 0 && ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) && StoreHost.IsName(host[..colon]));
    }
}
