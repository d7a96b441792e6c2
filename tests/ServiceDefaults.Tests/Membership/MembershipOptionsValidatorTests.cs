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
    public void EveryContradiction_IsAFault_WithoutTheSecret(string membership, string connection, string? expected)
    {
        var fault = new MembershipOptionsValidator().Validate(null, new MembershipOptions { Membership = membership, ConnectionString = connection }).FailureMessage;
        if (expected is null) Assert.Null(fault);
        else Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault ?? "", StringComparison.Ordinal);
    }
}
