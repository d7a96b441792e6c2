using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class BufferMemoryTests
{
    private const long MiB = 1024 * 1024;

    private static readonly BufferMemory Container = new(384 * MiB); // three quarters of 512 MiB

    [Fact]
    public void ByDefaultTheBudgetIsHalfOfWhatIsLeft()
    {
        var options = new GatewayOptions { MaxConnections = 2048 };

        Assert.True(Container.Validate(null, options).Succeeded);
        Assert.Equal((384 - 40 - 10) / 2 * MiB, Container.Budget(options).LimitBytes);
    }

    [Fact]
    public void WhatIsConfiguredHolds() => Assert.Equal(100 * MiB, Container.Budget(new() { BufferMemoryBytes = 100 * MiB }).LimitBytes);

    [Theory]
    [InlineData(0, 100_000, "Gateway:MaxConnections: 0 bytes are left for peers' buffers beside 100000 connections of 5120 bytes")]
    [InlineData(1 * MiB, 1000, "Gateway:BufferMemoryBytes: 1048576 is less than 8388608; 0 takes half of what is left.")]
    [InlineData(335 * MiB, 2048, "Gateway:BufferMemoryBytes: 351272960 is more than the 350224384 bytes that are left beside 2048 connections")]
    public void WhatDoesNotFitIsAFault(long bytes, int connections, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Container.Validate(null, new() { BufferMemoryBytes = bytes, MaxConnections = connections }).Failures!), StringComparison.Ordinal);

    [Fact]
    public void TheDefaultsFitIntoThisMachine() => Assert.True(new BufferMemory().Validate(null, new()).Succeeded);
}
