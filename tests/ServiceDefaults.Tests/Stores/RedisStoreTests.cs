using OrleansEcho.ServiceDefaults.Stores;
using StackExchange.Redis;

namespace OrleansEcho.ServiceDefaults.Tests.Stores;

public sealed class RedisStoreTests
{
    private const string Secret = "hunter2";

    /// <summary>A silo that starts waits for what may pass, and ends at what does not: the user and the password alone.</summary>
    [Theory]
    [InlineData("WRONGPASS invalid username-password pair or user is disabled.", "it does not accept the user or the password", false)]
    [InlineData("NOAUTH Authentication required.", "it does not accept the user or the password", false)]
    [InlineData("NOPERM this user has no permissions to run the 'set' command", "it does not accept the user or the password", false)]
    [InlineData("ERR invalid password", "it does not accept the user or the password", false)]
    [InlineData("ERR AUTH <password> called without any password configured for the default user.",
        "it does not accept the user or the password", false)]
    [InlineData("ERR Client sent AUTH, but no password is set", "it does not accept the user or the password", false)]
    [InlineData("ERR max number of clients reached", "it serves as many clients as it may (maxclients)", true)]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", "it answers with an error (TRYAGAIN)", true)]
    [InlineData("UNKILLABLE Sorry the script already executed write commands", "it answers with an error (UNKILLABLE)", true)]
    [InlineData("LOADING Redis is loading the dataset in memory", "it is loading its data", true)]
    [InlineData("READONLY You can't write against a read only replica.", "it is a read-only replica", true)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "it is full (maxmemory)", true)]
    [InlineData(
        $"ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'echo' '{Secret}'", "it answers with an error (ERR)", true)]
    [InlineData(Secret, "it answers with an error", true)]
    public async Task AnAnswerIsExplained(string answer, string words, bool mayPass)
    {
        await using var store = new RedisStore($"127.0.0.1:1,user=echo,password={Secret}", "Cluster:ConnectionString");
        Assert.Equal(new StoreFault(words, mayPass),
            await store.ExplainAsync(new RedisServerException(answer), TestContext.Current.CancellationToken));
    }
}
