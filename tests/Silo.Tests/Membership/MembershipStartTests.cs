using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests.Membership;

/// <summary>What somebody has to mend ends the start with one line; what may pass is waited for.</summary>
public sealed class MembershipStartTests
{
    [Fact]
    public async Task RedisThatRefusesThePassword_IsNamed()
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.ExecuteAsync("CONFIG SET requirepass another");
        var line = await RunningSilo.RefusalAsync(Settings("redis", $"{server.ConnectionString},password=secret"));
        Assert.Equal(
            $"Redis at {server.ConnectionString} (Cluster:ConnectionString) cannot be used: it does not accept the user or the password; "
            + "mend the connection string, or what is wrong there.", line);
    }

    /// <summary>The client of Redis goes on as the default user then, who needs no password here.</summary>
    [Theory]
    [InlineData("Cluster:Membership", "Cluster:ConnectionString", "user=echo,password=secret")]
    [InlineData("Cluster:Membership", "Cluster:ConnectionString", "user=nobody,password=another")]
    [InlineData("Storage:Provider", "Storage:ConnectionString", "user=echo,password=secret")]
    public async Task RedisThatRefusesAUser_AndLetsEverybodyIn_IsNamed(string kind, string option, string login)
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.ExecuteAsync("ACL SETUSER echo on >another ~* &* +@all");
        var line = await RunningSilo.RefusalAsync(new Dictionary<string, string?> { [kind] = "redis", [option] = $"{server.ConnectionString},{login}" });
        Assert.Equal(
            $"Redis at {server.ConnectionString} ({option}) cannot be used: it does not accept the user or the password; "
            + "mend the connection string, or what is wrong there.", line);
    }

    /// <summary>Who may not ask Redis who he is, is not taken for another.</summary>
    [Theory]
    [InlineData("+@all")]
    [InlineData("+@all -acl")]
    public async Task RedisThatAcceptsAUser_IsUsed(string rights)
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.ExecuteAsync($"ACL SETUSER echo on >another ~* &* {rights}");
        var connection = $"{server.ConnectionString},user=echo,password=another";
        await using var silo = await RunningSilo.StartAsync(new Dictionary<string, string?>(Settings("redis", connection))
        {
            ["Storage:Provider"] = "redis",
            ["Storage:ConnectionString"] = connection,
        });
    }

    [Fact]
    public async Task SiloStarts_AsSoonAsItsRedisIsThere()
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.StopAsync();
        var starting = RunningSilo.StartAsync(Settings("redis", server.ConnectionString));
        await server.StartAsync();
        await (await starting).DisposeAsync();
    }

    [Fact]
    public async Task SiloStarts_AsSoonAsItsPostgresIsThere()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.StopAsync();
        var starting = RunningSilo.StartAsync(new Dictionary<string, string?>(Settings("adonet", server.ConnectionString))
        {
            ["Storage:Provider"] = "postgresql",
            ["Storage:ConnectionString"] = server.ConnectionString,
            ["Storage:CreateSchema"] = "true",
        });
        await server.StartAsync();
        await (await starting).DisposeAsync();
    }

    [Fact]
    public async Task DatabaseWithoutTheList_IsNamed()
    {
        await using var server = await PostgresServer.StartNewAsync();
        Assert.Equal(
            $"PostgreSQL at 127.0.0.1:{server.Port}, database postgres (Cluster:ConnectionString) has no tables for the list of silos, or "
            + "old ones; run 'OrleansEcho.Silo --init-db' once with this configuration, or apply Silo/Storage/PostgresSchema.sql.",
            await RunningSilo.RefusalAsync(Settings("adonet", server.ConnectionString)));
    }

    [Fact]
    public async Task UserWhoIsNotKnown_IsTold_AndThePasswordIsNotShown()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var line = await RunningSilo.RefusalAsync(
            Settings("adonet", $"Host=127.0.0.1;Port={server.Port};Username=nobody;Password=secret;Database=postgres"));
        Assert.StartsWith($"PostgreSQL at 127.0.0.1:{server.Port}, database postgres (Cluster:ConnectionString) cannot be used: ", line,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(string membership, string connection) =>
        new() { ["Cluster:Membership"] = membership, ["Cluster:ConnectionString"] = connection };
}
