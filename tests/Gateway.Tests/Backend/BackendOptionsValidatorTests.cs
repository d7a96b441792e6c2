using OrleansEcho.Gateway.Backend;

namespace OrleansEcho.Gateway.Tests.Backend;

public sealed class BackendOptionsValidatorTests
{
    [Theory]
    [InlineData("127.0.0.1:30000")]
    [InlineData("127.0.0.1:30000,10.0.0.7:30001")]
    [InlineData(" [::1]:30000 , 127.0.0.1:30000 ,")]
    public void SilosAreAddressesWithCommasBetweenThem(string silos)
    {
        Assert.Empty(Validate(new() { Silos = silos }));
        Assert.All(BackendOptionsValidator.ParseSilos(silos), silo => Assert.InRange(silo.Port, 30000, 30001));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",", ",")]
    [InlineData("localhost:30000", "localhost:30000")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("127.0.0.1:30000,nowhere", "nowhere")]
    public void WhatIsNoAddressIsNamed(string silos, string wrong) =>
        Assert.Equal([$"Backend:Silos: '{wrong}' is not an address and port such as 127.0.0.1:30000 or [::1]:30000."], Validate(new() { Silos = silos }));

    [Fact]
    public void EveryFaultIsReported()
    {
        var faults = Validate(new() { Silos = "one,two", CallTimeoutSeconds = 10, PatienceSeconds = 9 });

        Assert.Equal(3, faults.Count);
        Assert.StartsWith("Backend:PatienceSeconds: 9 is less than Backend:CallTimeoutSeconds, 10; ", faults[0], StringComparison.Ordinal);
    }

    private static List<string> Validate(BackendOptions options) => [.. new BackendOptionsValidator().Validate(null, options).Failures ?? []];
}
