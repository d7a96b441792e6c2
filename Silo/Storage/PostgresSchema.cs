using Npgsql;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// The tables of a database: makes them, and sees to it that they are there before the silo starts, because Orleans' own fault would name neither
/// the database nor the option.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>The version that this program makes and needs; in PostgresSchema.sql, too.</summary>
    public const int Version = 1;

    // Two silos that start at once would both find a table missing and one of them would fail; "echo" in ASCII, so that it is nobody else's.
    private const long Lock = 0x6563686F;

    // Much longer than it takes: the other silo makes the tables meanwhile.
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes what is missing, all of it or nothing; several programs may at once.</summary>
    /// <exception cref="StartupException">The user may not, or the database is a newer program's.</exception>
    public static async Task ApplyAsync(PostgresStore store, CancellationToken cancellationToken)
    {
        using var script = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream("PostgresSchema.sql")!);
        try
        {
            await using var connection = await store.Database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Lock})", connection, transaction) { CommandTimeout = (int)CreateTimeout.TotalSeconds };
            await command.ExecuteNonQueryAsync(cancellationToken);
            ThrowIfNewer(store, await VersionAsync(command, cancellationToken));
            command.CommandText = await script.ReadToEndAsync(cancellationToken);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException(ExitCode.Failure, $"The tables in {store.Name} cannot be made: {fault.MessageText}; run 'OrleansEcho.Silo {InitDb.Name}' as a user who may, or let one apply Silo/Storage/PostgresSchema.sql.", fault);
        }
    }

    /// <summary>Looks whether everything is there, and may be used.</summary>
    /// <exception cref="StartupException">Something is missing.</exception>
    public static async Task CheckAsync(PostgresStore store, PostgresTables tables, CancellationToken cancellationToken)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(@tables) AS name", connection);
        command.Parameters.AddWithValue("tables", tables.Names.ToArray());
        command.Parameters.AddWithValue("keys", tables.QueryKeys.ToArray());
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) throw Missing(store, tables);
        var version = await VersionAsync(command, cancellationToken);
        ThrowIfNewer(store, version);
        if (version < Version) throw Missing(store, tables);
        command.CommandText = "SELECT count(*) FROM OrleansQuery WHERE QueryKey = ANY(@keys)";
        if (await command.ExecuteScalarAsync(cancellationToken) is not long count || count != tables.QueryKeys.Count) throw Missing(store, tables);
        command.CommandText = "SELECT need || ' on ' || name FROM unnest(@tables) AS name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS need WHERE NOT has_table_privilege(name, need) AND name NOT IN ('orleansquery', 'echoschema') LIMIT 1";
        if (await command.ExecuteScalarAsync(cancellationToken) is not string right) return;
        throw new StartupException(ExitCode.Failure, $"{store.Name} does not give this user a right that {tables.Purpose} needs ({right}); grant it, or let the user that made the tables in.");
    }

    // 0 for none: before there were versions, or before there were tables.
    private static async Task<int> VersionAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        command.CommandText = "SELECT to_regclass('echoschema') IS NOT NULL";
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) return 0;
        command.CommandText = "SELECT max(Version) FROM EchoSchema";
        return await command.ExecuteScalarAsync(cancellationToken) is int version ? version : 0;
    }

    private static void ThrowIfNewer(PostgresStore store, int version)
    {
        if (version <= Version) return;
        throw new StartupException(ExitCode.Failure, $"{store.Name} has tables of schema version {version}, and this program knows version {Version} only; use a newer program, or another database.");
    }

    private static StartupException Missing(PostgresStore store, PostgresTables tables) =>
        new(ExitCode.Failure, $"{store.Name} has no tables for {tables.Purpose}, or old ones; run 'OrleansEcho.Silo {InitDb.Name}' once with this configuration, or apply Silo/Storage/PostgresSchema.sql.");
}
