using System.Net;
using StackExchange.Redis;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>A Redis.</summary>
/// <param name="connectionString">A connection string that has been found valid.</param>
/// <param name="key">The option that it is from.</param>
public sealed class RedisStore(string connectionString, string key) : IStore
{
    private readonly ConfigurationOptions _settings = RedisSettings.Parse(connectionString);
    private ConnectionMultiplexer? _connection;

    /// <summary>What it means that the user or the password is wrong.</summary>
    public static StoreFault Refused { get; } = new("it does not accept the user or the password", MayPass: false);

    /// <inheritdoc/>
    public string Name => $"Redis at {_settings.Servers()} ({key})";

    /// <summary>The connection, once there is one; it comes back by itself. For one caller at a time.</summary>
    /// <exception cref="RedisException">Nobody answers, or the user or the password is wrong.</exception>
    public async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null) return _connection;
        var settings = _settings.Clone();
        settings.AbortOnConnectFail = true; // otherwise it would hide why
        var connecting = ConnectionMultiplexer.ConnectAsync(settings);
        try
        {
            var connection = await connecting.WaitAsync(cancellationToken);
            await connection.ThrowIfAnotherUserAsync(settings).WaitAsync(cancellationToken);
            return _connection = connection;
        }
        catch (Exception)
        {
            _ = ForgetAsync(connecting);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task AskAsync(CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).GetDatabase().PingAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken);
        return new DateTimeOffset(await connection.GetServers()[0].TimeAsync().WaitAsync(cancellationToken), TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public async Task<StoreFault?> ExplainAsync(Exception fault, CancellationToken cancellationToken) => fault switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => Refused,
        RedisServerException answer when IsRefusal(answer) => Refused,
        RedisServerException answer => new(WordsFor(answer.Message), MayPass: true),
        RedisConnectionException none when none.Message.Contains("not eligible for replica", StringComparison.Ordinal) =>
            new(IsReplica, MayPass: true),
        RedisException or TimeoutException => new(await Reachability.ExplainAsync(Server(), cancellationToken), MayPass: true),
        _ => null,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    // Nobody waits for it any more: neither for a fault nor for a connection.
    private static async Task ForgetAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully) await (await connecting).DisposeAsync();
    }

    private const int MostOfCode = 32; // of characters; the longest that there is has 13

    private const string IsReplica = "it is a read-only replica";

    // Of all answers these alone are of the user, who does not become another by waiting.
    private static bool IsRefusal(RedisServerException answer) =>
        answer.Message.Split(' ')[0] is "NOAUTH" or "WRONGPASS" or "NOPERM"
            || answer.Message.StartsWith("ERR invalid password", StringComparison.Ordinal)
            || answer.Message.StartsWith("ERR AUTH ", StringComparison.Ordinal)
                || answer.Message.StartsWith("ERR Client sent AUTH", StringComparison.Ordinal);

    // Of the others it may be waited that they pass: somebody has to give it room, or a master, and it goes on by itself
    // then. What nobody has words for is told by its code: of a command that a server does not know it repeats the arguments,
    // and AUTH has the password among them.
    private static string WordsFor(string answer) => answer.Split(' ')[0] switch
    {
        "LOADING" => "it is loading its data",
        "MASTERDOWN" => "its master is away",
        "BUSY" => "it is busy with a script",
        "READONLY" => IsReplica,
        "OOM" => "it is full (maxmemory)",
        "MISCONF" => "it cannot save to its disk, and takes no writes",
        "NOREPLICAS" => "it has too few replicas, and takes no writes",
        "CLUSTERDOWN" => "its cluster is down",
        "EXECABORT" => "it takes no writes",
        "ERR" when answer.StartsWith("ERR max number of clients", StringComparison.Ordinal) =>
            "it serves as many clients as it may (maxclients)",
        { Length: > 0 and <= MostOfCode } code when code.All(char.IsAsciiLetterUpper) => $"it answers with an error ({code})",
        _ => "it answers with an error",
    };

    private EndPoint Server() => _settings.EndPoints[0] switch
    {
        DnsEndPoint { Port: 0 } dns => new DnsEndPoint(dns.Host, 6379),
        IPEndPoint { Port: 0 } ip => new IPEndPoint(ip.Address, 6379),
        var other => other,
    };
}
