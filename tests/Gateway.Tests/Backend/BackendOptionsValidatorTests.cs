using Microsoft.Extensions.Configuration;
using OrleansEcho.Gateway.Backend;

namespace OrleansEcho.Gateway.Tests.Backend;

public sealed class BackendOptionsValidatorTests
{
    [Theory]
    [InlineData("127.0.0.1:30000")]
    [InlineData("localhost:30000")]
    [InlineData("127.0.0.1:30000,10.0.0.7:30001")]
    [InlineData(" [::1]:30000 , 127.0.0.1:30000 ,")]
    public void SilosAreAddressesWithCommasBetweenThem(string silos)
    {
        Assert.Empty(ValidateSilos(silos));
        Assert.All(ClusterBackendOptionsValidator.ParseSilos(silos), silo => Assert.InRange(silo.Port, 30000, 30001));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",", ",")]
    [InlineData("*:30000", "*:30000")]
    [InlineData("0.0.0.0:30000", "0.0.0.0:30000")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("127.0.0.1:30000,nowhere", "nowhere")]
    public void WhatIsNoAddressIsNamed(string silos, string wrong) =>
        Assert.Equal([$"Backend:Silos: '{wrong}' is not the address and port of a silo, such as 127.0.0.1:30000 or [::1]:30000."], ValidateSilos(silos));

    [Fact]
    public void EverySiloThatIsWrongIsReported() => Assert.Equal(2, ValidateSilos("one,127.0.0.1:30000,two").Count);

    [Fact]
    public void PatienceIsAtLeastOneCall()
    {
        var validator = new BackendOptionsValidator();

        Assert.True(validator.Validate(null, new() { CallTimeoutSeconds = 10, PatienceSeconds = 10 }).Succeeded);
        Assert.StartsWith(
            "Backend:PatienceSeconds: 9 is less than Backend:CallTimeoutSeconds, 10; ",
            Assert.Single(validator.Validate(null, new() { CallTimeoutSeconds = 10, PatienceSeconds = 9 }).Failures!),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1:30000", true)]
    [InlineData("redis", null, true)]
    [InlineData("redis", "127.0.0.1:30000", false)] // although it is the default: somebody wrote it
    [InlineData("adonet", "127.0.0.1:30000", false)]
    public void SilosAreFoundInOnePlace(string membership, string? silos, bool isRight)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Cluster:Membership"] = membership });
        if (silos is not null) configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Backend:Silos"] = silos });
        var result = new SiloSourceValidator(configuration.Build()).Validate(null, new());
        Assert.Equal(
            isRight ? null : $"Backend:Silos: is set, and with Cluster:Membership={membership} the silos are found in the store of Cluster:ConnectionString; leave one of them out.",
            result.FailureMessage);
    }

    private static List<string> ValidateSilos(string silos) => [.. new ClusterBackendOptionsValidator().Validate(null, new() { Silos = silos }).Failures ?? []];
}
