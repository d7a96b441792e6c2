using System.Net;

namespace OrleansEcho.Silo.Tests;

public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "", "127.0.0.1")] // written: what the machine has does not matter
    [InlineData("::1", "10.0.0.7", "::1")]
    [InlineData("auto", "10.0.0.7", "10.0.0.7")]
    [InlineData("AUTO", "10.0.0.7 fd00::7 fd00::8", "10.0.0.7")]
    [InlineData("auto", "fd00::7", "fd00::7")]
    public void AddressIsRead(string text, string own, string expected) => Assert.Equal((IPAddress.Parse(expected), ""), With(own).TryRead(text));

    [Theory]
    [InlineData("*", "10.0.0.7", "Silo:Address: '*' is not an IP address that others could connect to, such as 127.0.0.1, or auto.")]
    [InlineData("0.0.0.0", "10.0.0.7", "Silo:Address: '0.0.0.0' is not an IP address that others could connect to, such as 127.0.0.1, or auto.")]
    [InlineData("::", "10.0.0.7", "Silo:Address: '::' is not an IP address that others could connect to, such as 127.0.0.1, or auto.")]
    [InlineData("auto", "", "Silo:Address: auto finds no address besides loopback; connect this machine to a network, or set the address.")]
    [InlineData("auto", "10.0.0.7 172.18.0.3", "Silo:Address: auto finds 10.0.0.7 and 172.18.0.3; set the one by which other silos and gateways reach this silo.")]
    public void FaultSaysWhatToDo(string text, string own, string expected) => Assert.Equal((null, expected), With(own).TryRead(text));

    [Fact]
    public void NoAddressOfThisMachine_IsLoopback_OrOfALinkAlone()
    {
        var (address, fault) = new OwnAddress().TryRead(OwnAddress.Auto);
        if (address is null) Assert.StartsWith("Silo:Address: auto finds ", fault, StringComparison.Ordinal); // none, or several: as the machine is
        else Assert.False(IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal);
        Assert.DoesNotContain("127.0.0.1", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", fault, StringComparison.Ordinal);
    }

    private static OwnAddress With(string own) => new(() => [.. own.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)]);
}
