using OrleansEcho.Gateway.Hosting;

namespace OrleansEcho.Gateway.Tests.Hosting;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData(100, 100 + DescriptorLimit.Reserved, true)]
    [InlineData(101, 100 + DescriptorLimit.Reserved, false)]
    [InlineData(1_000_000, null, true)]
    [InlineData(1, 10, false)]
    public void ConnectionsMustFitIntoTheLimit(int connections, int? limit, bool fits) =>
        Assert.Equal(fits, new DescriptorLimit(() => limit).Validate(null, new() { MaxConnections = connections }).Succeeded);

    [Fact]
    public void TheFaultSaysWhatWouldFit()
    {
        var fault = Assert.Single(new DescriptorLimit(() => 1024 + DescriptorLimit.Reserved).Validate(null, new() { MaxConnections = 10_000 }).Failures!);

        Assert.StartsWith("Gateway:MaxConnections: 10000 needs 11512 open files", fault, StringComparison.Ordinal);
        Assert.Contains("set it to at most 1024,", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TheKernelsOwnLimitIsRead() =>
        Assert.Equal(!OperatingSystem.IsLinux(), new DescriptorLimit().Validate(null, new() { MaxConnections = int.MaxValue - DescriptorLimit.Reserved }).Succeeded);
}
