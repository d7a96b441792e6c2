using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests.Storage;

public sealed class PostgresSchemaTests
{
    [Fact]
    public async Task Tables_AreMadeOnRequest_OnceHoweverManySilosStart()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.CreateDatabaseAsync("fresh");
        var settings = new Dictionary<string, string?> { ["Storage:Provider"] = "postgresql", ["Storage:ConnectionString"] = server.ConnectionStringTo("fresh") };
        Assert.Equal(
            $"PostgreSQL at 127.0.0.1:{server.Port}, database fresh (Storage:ConnectionString) has no tables for the grains' state; start once with --Storage:CreateSchema=true, or apply Silo/Storage/PostgresSchema.sql.",
            await RunningSilo.RefusalAsync(settings));

        var creating = new Dictionary<string, string?>(settings) { ["Storage:CreateSchema"] = "true" };
        foreach (var silo in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunningSilo.StartAsync(creating)))) await silo.DisposeAsync();
        await using var later = await RunningSilo.StartAsync(settings);
    }

    [Fact]
    public async Task ServerThatIsAway_IsNamed_AndThePasswordIsNot()
    {
        var port = FreePorts.Next();
        var line = await RunningSilo.RefusalAsync(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "postgresql",
            ["Storage:ConnectionString"] = $"Host=127.0.0.1;Port={port};Username=echo;Password=secret;Database=grants",
        });
        Assert.Equal($"PostgreSQL at 127.0.0.1:{port}, database grants (Storage:ConnectionString) cannot be used: Connection refused; start it, or mend the connection string.", line);
    }

    [Fact]
    public async Task UserWhoMayNotMakeTables_IsTold()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.ExecuteAsync("CREATE ROLE visitor LOGIN");
        var line = await RunningSilo.RefusalAsync(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "postgresql",
            ["Storage:ConnectionString"] = $"Host=127.0.0.1;Port={server.Port};Username=visitor;Database=postgres",
            ["Storage:CreateSchema"] = "true",
        });
        Assert.Contains("cannot be made: permission denied for schema public; let a user who may apply Silo/Storage/PostgresSchema.sql", line, StringComparison.Ordinal);
    }
}
