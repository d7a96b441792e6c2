using System.Diagnostics.CodeAnalysis;
using System.Net;
using StackExchange.Redis;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>What this project asks of a Redis client: that it says soon that Redis is away, and finds it again by itself.</summary>
public static class RedisSettings
{
    // Before what a person writes, so that theirs wins. Two seconds: Redis answers in milliseconds, and who waits behind a call has a
    // few seconds of patience (Backend:CallTimeoutSeconds) in which it should be told.
    // Five for a look at which server takes writes, which costs a small command: a replica that becomes the master is written to as soon as that.
    private const string Defaults = "connectTimeout=2000,asyncTimeout=2000,syncTimeout=2000,configCheckSeconds=5,";

    private static readonly TimeSpan LongestPauseBetweenAttempts = TimeSpan.FromSeconds(2); // back soon after Redis is

    /// <summary>Reads a connection string.</summary>
    /// <returns>False when it is none, or names no server, or what it names cannot be one.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out ConfigurationOptions? settings)
    {
        settings = null;
        try
        {
            var read = ConfigurationOptions.Parse(Defaults + text);
            if (read.EndPoints.Count is 0 || !read.EndPoints.All(IsServer) || HasServerAfterOption(text)) return false;
            read.AbortOnConnectFail = false; // a Redis that is not there yet ends no silo
            read.BacklogPolicy = BacklogPolicy.FailFast; // a call that waits for a connection would only fail later
            read.ReconnectRetryPolicy = new LinearRetry((int)LongestPauseBetweenAttempts.TotalMilliseconds);
            settings = read;
            Shown.Hide(read.Password);
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            return false; // what it says would show a part of the text
        }
    }

    /// <summary>Reads a connection string that has been found valid.</summary>
    public static ConfigurationOptions Parse(string text) => TryParse(text, out var settings) ? settings : throw new FormatException("Not a Redis connection string.");

    /// <summary>The servers, without what proves who may use them.</summary>
    public static string Servers(this ConfigurationOptions settings) =>
        string.Join(", ", settings.EndPoints.Select(e => e is DnsEndPoint dns ? $"{dns.Host}:{(dns.Port is 0 ? 6379 : dns.Port)}" : e.ToString()));

    /// <summary>The fault of a text that is no connection string; does not hold the text.</summary>
    public static string Unreadable(string key, string text) => StoreHost.IsUrl(text)
        ? $"{key}: is a URL, which StackExchange.Redis does not read; write localhost:6379,user=...,password=... (and ssl=true for rediss)."
        : $"{key}: is not a connection string of StackExchange.Redis, its servers first, such as localhost:6379,password=....";

    private static bool IsServer(EndPoint server) => server is not DnsEndPoint dns || StoreHost.IsName(dns.Host);

    // The rest of a password that has a comma in it: the client would take it for a server, and every message would name it.
    private static bool HasServerAfterOption(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SkipWhile(part => !part.Contains('=', StringComparison.Ordinal)).Any(part => !part.Contains('=', StringComparison.Ordinal));
}
