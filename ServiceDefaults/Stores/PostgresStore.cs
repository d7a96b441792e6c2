using System.Net.Sockets;
using Npgsql;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>A PostgreSQL database.</summary>
/// <param name="connectionString">A connection string that has been found valid.</param>
/// <param name="key">The option that it is from.</param>
public sealed class PostgresStore(string connectionString, string key) : IStore
{
    private readonly string _place = PostgresSettings.Parse(connectionString).Place();

    /// <inheritdoc/>
    public string Name => $"PostgreSQL at {_place} ({key})";

    /// <summary>Its connections.</summary>
    public NpgsqlDataSource Database { get; } = NpgsqlDataSource.Create(PostgresSettings.Parse(connectionString));

    /// <inheritdoc/>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var command = Database.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken)
    {
        await using var command = Database.CreateCommand("SELECT clock_timestamp()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <inheritdoc/>
    public Task<StoreFault?> ExplainAsync(Exception fault, CancellationToken cancellationToken) => Task.FromResult(fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => new("it does not accept the user or the password", MayPass: false),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => new("it has no tables yet, which 'OrleansEcho.Silo --init-db' makes", MayPass: false),
        PostgresException answer => new StoreFault(Reachability.Lower(answer.MessageText.TrimEnd('.')), IsTransient(answer)),
        NpgsqlException or TimeoutException => new(Words(fault), MayPass: IsOfTheNetwork(fault)),
        SocketException broken => new(Reachability.Words(broken), MayPass: true),
        _ => null,
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    // It starts, stops, serves too many already, or takes no writes for now: a replica that is to be promoted, a disk that is full.
    private static bool IsTransient(PostgresException answer) =>
        answer.IsTransient || answer.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory;

    // The client's own refusals are of the connection string: a password that is missing, encryption that the server does not have.
    private static bool IsOfTheNetwork(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException or IOException or TimeoutException or NpgsqlException { IsTransient: true }) return true;
        }

        return false;
    }

    private static string Words(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException broken) return Reachability.Words(broken);
            if (cause is TimeoutException) return "no answer";
            if (cause is EndOfStreamException) return "it has closed the connection";
        }

        return Reachability.Lower((fault.InnerException ?? fault).Message.Split('\n')[0].TrimEnd('.'));
    }
}
