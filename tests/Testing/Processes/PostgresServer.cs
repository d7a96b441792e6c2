using System.Globalization;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>
/// A PostgreSQL that trusts everybody on this machine. A test that starts one is skipped where none is installed.
/// </summary>
public sealed class PostgresServer() : StoreServer("127.0.0.1", [])
{
    private const string User = "echo";
    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    // It refuses to run as root.
    private static readonly string[] AsItsUser = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];

    public override string ConnectionString => ConnectionStringTo("postgres");

    protected override Signal Stop => Signal.Interrupt; // its fast stop: clients are thrown out

    protected override Signal Crash => Signal.Quit; // its immediate stop: at the next start it recovers as after a crash, but no worker is left over

    protected override string ReadyLine => "database system is ready to accept connections";

    /// <summary>Starts one without data.</summary>
    public static async Task<PostgresServer> StartNewAsync()
    {
        Assert.SkipWhen(Programs is null, "postgresql is not installed.");
        var server = new PostgresServer();
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres:", server.Folder);
            await RunAsync([.. AsItsUser, Program("initdb"), "--pgdata", server.Data, "--username", User, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the product calls a connection string, for one of its databases.</summary>
    public string ConnectionStringTo(string database) => $"Host=127.0.0.1;Port={Port};Username={User};Database={database}";

    /// <summary>Makes an empty database.</summary>
    public Task CreateDatabaseAsync(string name) => ExecuteAsync($"CREATE DATABASE {name}");

    /// <summary>Makes another superuser, whom it does not trust: he has to know his password.</summary>
    public async Task CreateUserAsync(string name, string password)
    {
        var rules = Path.Combine(Data, "pg_hba.conf");
        var others = await File.ReadAllTextAsync(rules, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(rules, $"host all {name} 127.0.0.1/32 scram-sha-256\n{others}", TestContext.Current.CancellationToken);
        await ExecuteAsync($"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{password}'");
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Runs a command of SQL as its superuser.</summary>
    public Task ExecuteAsync(string sql) =>
        RunAsync(Program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", $"--dbname={ConnectionUri}", $"--command={sql}");

    protected override string[] Command() =>
    [
        .. AsItsUser, Program("postgres"), "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", Folder,
    ];

    private string ConnectionUri => $"postgresql://{User}@127.0.0.1:{Port}/postgres";

    private string Data => Path.Combine(Folder, "data");

    private static string Program(string name) => Path.Combine(Programs!, name);
}
