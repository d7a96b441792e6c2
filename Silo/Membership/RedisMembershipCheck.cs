using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using StackExchange.Redis;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Asks the Redis that keeps the list of silos before the silo starts: without the list there is no cluster to join, and Orleans' own fault
/// would name neither the server nor the option.
/// </summary>
internal sealed class RedisMembershipCheck(IOptions<MembershipOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = RedisSettings.Parse(options.Value.ConnectionString);
        settings.AbortOnConnectFail = true;
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(settings).WaitAsync(cancellationToken);
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            var (server, key) = ($"Redis at {settings.Servers()}", MembershipOptions.Key(nameof(MembershipOptions.ConnectionString)));
            throw new StartupException(ExitCode.Failure, IsRefusal(fault)
                ? $"{server} ({key}) does not accept the user or the password; mend the connection string."
                : $"{server} ({key}) cannot be reached, and the list of silos is there; start it, or choose another with {key}.", fault);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsRefusal(Exception fault) => fault is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } or RedisServerException;
}
