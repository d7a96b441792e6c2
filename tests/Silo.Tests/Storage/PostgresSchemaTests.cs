using OrleansEcho.Silo.Storage;
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
            $"PostgreSQL at 127.0.0.1:{server.Port}, database fresh (Storage:ConnectionString) has no tables for the grains' state, or old ones; run 'OrleansEcho.Silo --init-db' once with this configuration, or apply Silo/Storage/PostgresSchema.sql.",
            await RunningSilo.RefusalAsync(settings));

        var creating = new Dictionary<string, string?>(settings) { ["Storage:CreateSchema"] = "true" };
        foreach (var silo in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunningSilo.StartAsync(creating)))) await silo.DisposeAsync();
        await using var later = await RunningSilo.StartAsync(settings);
    }

    [Fact]
    public async Task DatabaseOfANewerProgram_IsLeftAlone()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var settings = new Dictionary<string, string?> { ["Storage:Provider"] = "postgresql", ["Storage:ConnectionString"] = server.ConnectionString, ["Storage:CreateSchema"] = "true" };
        await (await RunningSilo.StartAsync(settings)).DisposeAsync();
        await server.ExecuteAsync($"UPDATE EchoSchema SET Version = {PostgresSchema.Version + 1}");
        foreach (var create in (string[])["true", "false"])
        {
            settings["Storage:CreateSchema"] = create;
            Assert.Equal(
                $"PostgreSQL at 127.0.0.1:{server.Port}, database postgres (Storage:ConnectionString) has tables of schema version {PostgresSchema.Version + 1}, and this program knows version {PostgresSchema.Version} only; use a newer program, or another database.",
                await RunningSilo.RefusalAsync(settings));
        }
    }

    [Fact]
    public async Task TablesFromBeforeThereWereVersions_AreKept_AndCompleted()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var settings = new Dictionary<string, string?> { ["Storage:Provider"] = "postgresql", ["Storage:ConnectionString"] = server.ConnectionString, ["Storage:CreateSchema"] = "true" };
        await (await RunningSilo.StartAsync(settings)).DisposeAsync();
        await server.ExecuteAsync("DROP TABLE EchoSchema; DROP TABLE OrleansMembershipTable; DELETE FROM OrleansQuery WHERE QueryKey LIKE '%Membership%'; INSERT INTO EchoGrainState VALUES ('x', 's', 'n', 'k', NULL, 7, now())");
        settings["Cluster:Membership"] = "adonet";
        settings["Cluster:ConnectionString"] = server.ConnectionString;
        await (await RunningSilo.StartAsync(settings)).DisposeAsync();
        await server.ExecuteAsync("DO $$ BEGIN ASSERT (SELECT Version FROM EchoGrainState) = 7; END $$");
    }

    [Fact]
    public async Task UserWhoMayOnlyRead_IsTold()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var settings = new Dictionary<string, string?> { ["Storage:Provider"] = "postgresql", ["Storage:ConnectionString"] = server.ConnectionString, ["Storage:CreateSchema"] = "true" };
        await (await RunningSilo.StartAsync(settings)).DisposeAsync();
        await server.ExecuteAsync("CREATE ROLE visitor LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor");
        settings["Storage:CreateSchema"] = "false";
        settings["Storage:ConnectionString"] = $"Host=127.0.0.1;Port={server.Port};Username=visitor;Database=postgres";
        Assert.Contains("does not give this user a right that the grains' state needs (INSERT on echograinstate)", await RunningSilo.RefusalAsync(settings), StringComparison.Ordinal);
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
        Assert.Contains("cannot be made: permission denied for schema public; run 'OrleansEcho.Silo --init-db' as a user who may", line, StringComparison.Ordinal);
    }
}
