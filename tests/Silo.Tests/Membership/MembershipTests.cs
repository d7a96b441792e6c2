using OrleansEcho.Silo.Membership;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests.Membership;

public sealed class MembershipTests
{
    [Theory]
    [InlineData("localhost", "", null)]
    [InlineData("redis", "localhost,password=secret", null)]
    [InlineData("Redis", "localhost,password=secret", null)]
    [InlineData("redis", "", "Cluster:ConnectionString: is missing; Cluster:Membership=redis needs one")]
    [InlineData("redis", "localhost,secret=1", "Cluster:ConnectionString: is not a connection string of StackExchange.Redis")]
    [InlineData("localhost", "secret", "Cluster:ConnectionString: is set, and Cluster:Membership=localhost uses none")]
    public void EveryContradiction_IsAFault_WithoutTheSecret(string membership, string connection, string? expected)
    {
        var fault = new MembershipOptionsValidator().Validate(null, new MembershipOptions { Membership = membership, ConnectionString = connection }).FailureMessage;
        if (expected is null) Assert.Null(fault);
        else Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisThatIsAway_IsNamed_AndThePasswordIsNot()
    {
        var port = FreePorts.Next();
        var line = await RunningSilo.RefusalAsync(Settings($"127.0.0.1:{port},password=secret"));
        Assert.Equal($"Redis at 127.0.0.1:{port} (Cluster:ConnectionString) cannot be reached, and the list of silos is there; start it, or choose another with Cluster:ConnectionString.", line);
    }

    [Fact]
    public async Task RedisThatRefusesThePassword_IsNamed()
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.ExecuteAsync("CONFIG SET requirepass another");
        var line = await RunningSilo.RefusalAsync(Settings($"{server.ConnectionString},password=secret"));
        Assert.Equal($"Redis at {server.ConnectionString} (Cluster:ConnectionString) does not accept the user or the password; mend the connection string.", line);
    }

    private static Dictionary<string, string?> Settings(string connection) => new() { ["Cluster:Membership"] = "redis", ["Cluster:ConnectionString"] = connection };
}
