using OrleansEcho.ServiceDefaults.Membership;

namespace OrleansEcho.ServiceDefaults.Tests.Membership;

public sealed class MembershipOptionsValidatorTests
{
    [Theory]
    [InlineData("localhost", "", null)]
    [InlineData("redis", "localhost,password=secret", null)]
    [InlineData("Redis", "localhost,password=secret", null)]
    [InlineData("adonet", "Host=localhost;Password=secret", null)]
    [InlineData("AdoNet", "Host=localhost;Password=secret", null)]
    [InlineData("redis", "", "Cluster:ConnectionString: is missing; Cluster:Membership=redis needs one, such as localhost:6379")]
    [InlineData("adonet", "", "Cluster:ConnectionString: is missing; Cluster:Membership=adonet needs one, such as Host=localhost")]
    [InlineData("redis", "localhost,secret=1", "Cluster:ConnectionString: is not a connection string of StackExchange.Redis")]
    [InlineData("adonet", "localhost,password=secret", "Cluster:ConnectionString: is not a connection string of Npgsql")]
    [InlineData("localhost", "secret", "Cluster:ConnectionString: is set, and Cluster:Membership=localhost uses none")]
    [InlineData("redis", "redis://u:secret@localhost:6379", "Cluster:ConnectionString: is a URL")]
    [InlineData("redis", "rediss://:secret@localhost", "Cluster:ConnectionString: is a URL")]
    [InlineData("redis", "u:secret@localhost:6379", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("redis", "secret@@@", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("redis", "localhost:6379,password=a,secret", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("redis", "localhost:6379,password=a b,secret:1", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("redis", "unix://secret", "Cluster:ConnectionString: is a URL")]
    [InlineData("adonet", "postgres://u:secret@localhost/e", "Cluster:ConnectionString: is a URL")]
    [InlineData("adonet", "Host=postgres://u:secret@localhost/e", "Cluster:ConnectionString: is a URL")]
    [InlineData("adonet", "Host=u:secret@localhost", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("adonet", "Host=localhost;Password=a;secret", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("adonet", "Host=localhost,u:secret@other;Username=echo", "Cluster:ConnectionString: is not a connection string")]
    [InlineData("redis", "10.0.0.1:6379,redis_2.example:6380,[::1]:6381,password=se=cret", null)]
    [InlineData("redis", "!/run/redis.sock,password=se=cret", null)]
    [InlineData("adonet", "Host=/run/postgresql;Username=echo", null)]
    [InlineData("adonet", "Host=db_1.example:5432,10.0.0.1,::1,[::1]:5433;Username=echo", null)]
    public void EveryContradiction_IsAFault_WithoutTheSecret(string membership, string connection, string? expected)
    {
        var fault = new MembershipOptionsValidator().Validate(null, new MembershipOptions { Membership = membership, ConnectionString = connection }).FailureMessage;
        if (expected is null) Assert.Null(fault);
        else Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault ?? "", StringComparison.Ordinal);
    }
}
