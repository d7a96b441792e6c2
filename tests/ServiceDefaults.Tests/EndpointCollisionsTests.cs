using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class EndpointCollisionsTests
{
    [Theory]
    [InlineData("127.0.0.1:7000", "127.0.0.1:7001")]
    [InlineData("127.0.0.1:7000", "127.0.0.2:7000")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::]:0", "[::]:0")]
    [InlineData("0.0.0.0:7000", "[::1]:7000")]
    [InlineData("unix:a", "unix:b")]
    public void AddressesThatGoTogetherAreNoFault(string first, string second) => Assert.Empty(Find(first, second));

    [Theory]
    [InlineData("127.0.0.1:7000", "127.0.0.1:7000", "port 7000")]
    [InlineData("0.0.0.0:7000", "127.0.0.1:7000", "port 7000")]
    [InlineData("127.0.0.1:7000", "[::]:7000", "port 7000")]
    [InlineData("[::]:7000", "0.0.0.0:7000", "port 7000")]
    [InlineData("[::]:7000", "[::1]:7000", "port 7000")]
    [InlineData("unix:a", "unix:a", "socket a")]
    public void AddressesThatCollideAreNamed(string first, string second, string what) =>
        Assert.Equal([$"Key:2: {what} is taken by Key:1 already; the two cannot share it."], Find(first, second));

    [Fact]
    public void EveryCollisionIsReported() => Assert.Equal(2, Find("127.0.0.1:7000", "127.0.0.1:7000", "[::1]:7001", "[::1]:7001").Count);

    private static List<string> Find(params string[] addresses) =>
        [.. EndpointCollisions.Find(addresses.Select((address, i) => new EndpointClaim($"Key:{i + 1}", Parse(address), "")))];

    private static EndPoint Parse(string address) => address.StartsWith("unix:", StringComparison.Ordinal)
        ? new UnixDomainSocketEndPoint(address["unix:".Length..])
        : IPEndPoint.Parse(address);
}
