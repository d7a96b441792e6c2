using StackExchange.Redis;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>
/// Whom a Redis takes this process for. Its client does not mind when a user's password is refused, and goes on as the server's default
/// user, who may need none.
/// </summary>
public static class RedisUser
{
    private const string Default = "default";

    /// <summary>Asks whether it is the user of the settings; ends in order where they name none, or the server does not tell.</summary>
    /// <exception cref="RedisConnectionException">It is another one.</exception>
    public static async Task ThrowIfAnotherUserAsync(this IConnectionMultiplexer connection, ConfigurationOptions settings)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.User is null or "" or Default || settings.Proxy is not Proxy.None) return;
        string? user;
        try
        {
            user = (string?)await connection.GetDatabase().ExecuteAsync("ACL", "WHOAMI");
        }
        catch (Exception fault) when (fault is RedisCommandException
            || (fault is RedisServerException && fault.Message.Split(' ')[0] is "ERR" or "NOPERM"))
        {
            return; // a server from before there were users, or a user who may not ask: a default user without a password most often may
        }

        if (user == settings.User) return;
        throw new RedisConnectionException(
            ConnectionFailureType.AuthenticationFailure, "The server has refused the user, and goes on with its default one.");
    }
}
