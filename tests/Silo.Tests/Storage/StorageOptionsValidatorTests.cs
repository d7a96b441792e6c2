using OrleansEcho.ServiceDefaults.Stores;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo.Tests.Storage;

public sealed class StorageOptionsValidatorTests
{
    // Provider, connection string, folder, whether to make tables, and the beginnings of the faults.
    public static TheoryData<string, string, string, bool, string[]> Cases => new()
    {
        { "memory", "", "", false, [] },
        { "file", "", "state", false, [] },
        { "FILE", "", "state", false, [] },
        { "redis", "localhost:6379,password=secret,connectTimeout=9000", "", false, [] },
        { "redis", "a.example:6379,b.example", "", false, [] },
        { "postgresql", "Host=localhost;Username=echo;Password=secret", "", true, [] },
        { "memory", "localhost:6379,password=secret", "state", true, ["Storage:ConnectionString: is set, and Storage:Provider=memory uses none", "Storage:Folder: 'state' is set", "Storage:CreateSchema: true"] },
        { "file", "secret", "", false, ["Storage:ConnectionString: is set, and Storage:Provider=file uses none", "Storage:Folder: is missing; Storage:Provider=file needs one"] },
        { "redis", "", "", false, ["Storage:ConnectionString: is missing; Storage:Provider=redis needs one"] },
        { "redis", "password=secret", "", false, ["Storage:ConnectionString: is not a connection string of StackExchange.Redis"] },
        { "redis", "localhost,secret=1", "", false, ["Storage:ConnectionString: is not a connection string of StackExchange.Redis"] },
        { "redis", "localhost,connectTimeout=secret", "", false, ["Storage:ConnectionString: is not a connection string of StackExchange.Redis"] },
        { "redis", "localhost", "state", true, ["Storage:Folder: 'state' is set", "Storage:CreateSchema: true, and Storage:Provider=redis has no tables"] },
        { "postgresql", "", "", false, ["Storage:ConnectionString: is missing; Storage:Provider=postgresql needs one"] },
        { "postgresql", "secret", "", false, ["Storage:ConnectionString: is not a connection string of Npgsql"] },
        { "postgresql", "Host=localhost;Secret=1", "", false, ["Storage:ConnectionString: is not a connection string of Npgsql"] },
        { "postgresql", "Host=localhost;Port=secret", "", false, ["Storage:ConnectionString: is not a connection string of Npgsql"] },
        { "redis", "redis://u:secret@localhost:6379", "", false, ["Storage:ConnectionString: is a URL"] },
        { "redis", "rediss://:secret@localhost", "", false, ["Storage:ConnectionString: is a URL"] },
        { "redis", "u:secret@localhost:6379", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "redis", "secret@@@", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "redis", "localhost:6379,password=a,secret", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "redis", "localhost:6379,password=a b,secret:1", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "redis", "unix://secret", "", false, ["Storage:ConnectionString: is a URL"] },
        { "postgresql", "postgres://u:secret@localhost/e", "", false, ["Storage:ConnectionString: is a URL"] },
        { "postgresql", "Host=postgres://u:secret@localhost/e", "", false, ["Storage:ConnectionString: is a URL"] },
        { "postgresql", "Host=u:secret@localhost", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "postgresql", "Host=localhost;Password=a;secret", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "postgresql", "Host=localhost,u:secret@other;Username=echo", "", false, ["Storage:ConnectionString: is not a connection string"] },
        { "postgresql", "Username=secret", "", false, ["Storage:ConnectionString: is not a connection string of Npgsql"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryContradiction_IsAFault_WithoutTheSecret(string provider, string connection, string folder, bool createSchema, string[] faults)
    {
        var options = new StorageOptions { Provider = provider, ConnectionString = connection, Folder = folder, CreateSchema = createSchema };
        var found = (new StorageOptionsValidator().Validate(null, options).Failures ?? []).ToList();
        Assert.Equal(faults.Length, found.Count);
        Assert.All(faults.Zip(found), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(found, fault => Assert.DoesNotContain("secret", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Postgres_HasShortTimeouts_UnlessSomebodyWroteOthers()
    {
        var plain = PostgresSettings.Parse("Host=localhost");
        Assert.Equal((1, 2, 500), (plain.Timeout, plain.CommandTimeout, plain.CancellationTimeout));
        var own = PostgresSettings.Parse("Host=localhost;Timeout=7;CommandTimeout=8;cancellation timeout=900");
        Assert.Equal((7, 8, 900), (own.Timeout, own.CommandTimeout, own.CancellationTimeout));
    }

    [Fact]
    public void Redis_HasShortTimeouts_UnlessSomebodyWroteOthers()
    {
        var plain = RedisSettings.Parse("localhost");
        Assert.Equal((2000, 2000, false), (plain.ConnectTimeout, plain.AsyncTimeout, plain.AbortOnConnectFail));
        Assert.False(plain.BacklogPolicy.QueueWhileDisconnected);
        var own = RedisSettings.Parse("localhost,connectTimeout=7000,asyncTimeout=8000,abortConnect=true");
        Assert.Equal((7000, 8000, false), (own.ConnectTimeout, own.AsyncTimeout, own.AbortOnConnectFail));
    }
}
