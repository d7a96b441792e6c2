using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// Sees to it that the tables are there before the silo starts, because Orleans' own fault would name neither the database nor the option.
/// </summary>
internal sealed class PostgresSchema(NpgsqlDataSource database, IOptions<StorageOptions> options) : IHostedService
{
    private const string Connection = $"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}";
    private const string Create = $"{StorageOptions.Section}:{nameof(StorageOptions.CreateSchema)}";

    // Two silos that start at once would both find a table missing and one of them would fail; "echo" in ASCII, so that it is nobody else's.
    private const long Lock = 0x6563686F;

    // Much longer than it takes: the other silo makes the tables meanwhile.
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromSeconds(30);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (options.Value.CreateSchema) await CreateAsync(connection, cancellationToken);
            if (await IsThereAsync(connection, cancellationToken)) return;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InsufficientPrivilege && options.Value.CreateSchema)
        {
            throw new StartupException(ExitCode.Failure, $"The tables in PostgreSQL at {Place} ({Connection}) cannot be made: {fault.MessageText}; let a user who may apply Silo/Storage/PostgresSchema.sql, and leave out {Create}.", fault);
        }
        catch (NpgsqlException fault)
        {
            var words = fault is PostgresException answer ? answer.MessageText : (fault.InnerException ?? fault).Message.Split('\n')[0].TrimEnd('.');
            throw new StartupException(ExitCode.Failure, $"PostgreSQL at {Place} ({Connection}) cannot be used: {words}; start it, or mend the connection string.", fault);
        }

        throw new StartupException(ExitCode.Failure, $"PostgreSQL at {Place} ({Connection}) has no tables for the grains' state; start once with --{Create}=true, or apply Silo/Storage/PostgresSchema.sql.");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Place => PostgresSettings.Parse(options.Value.ConnectionString).Place();

    private static async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var script = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream("PostgresSchema.sql")!);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Lock})", connection, transaction) { CommandTimeout = (int)CreateTimeout.TotalSeconds })
        {
            await take.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var create = new NpgsqlCommand(await script.ReadToEndAsync(cancellationToken), connection, transaction) { CommandTimeout = (int)CreateTimeout.TotalSeconds })
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass('OrleansQuery') IS NOT NULL", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) return false;
        command.CommandText = "SELECT count(*) FROM OrleansQuery WHERE QueryKey IN ('ReadFromStorageKey', 'WriteToStorageKey', 'ClearStorageKey')";
        return await command.ExecuteScalarAsync(cancellationToken) is 3L;
    }
}
