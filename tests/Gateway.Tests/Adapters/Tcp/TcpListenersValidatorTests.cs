using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

public sealed class TcpListenersValidatorTests
{
    [Fact]
    public void EveryFaultIsReported()
    {
        var faults = Validate(At("nowhere"), At("127.0.0.1:7000"), new() { Address = "127.0.0.1:7001", Framing = "raw", MaxMessageBytes = 101, MaxBytesInFlight = 100 }, new() { Address = "127.0.0.1:7002" });

        Assert.Equal(3, faults.Count);
        Assert.StartsWith("Gateway:Listeners:l1:Address: 'nowhere' is no address to listen on: ", faults[0], StringComparison.Ordinal);
        Assert.Equal("Gateway:Listeners:l3:MaxBytesInFlight: 100 is less than Gateway:Listeners:l3:MaxMessageBytes, 101; one message must fit, so set both.", faults[1]);
        Assert.Equal("Gateway:Listeners:l4:Framing: is missing; a listener needs one of line, length-prefixed, raw.", faults[2]);
    }

    [Fact]
    public void WhatIsSwitchedOffIsNotLookedAt() =>
        Assert.Empty(Validate(At("127.0.0.1:7000"), new() { Enabled = false, Address = "nowhere", MaxBytesInFlight = 1 }, new() { Enabled = false, Address = "127.0.0.1:7000" }));

    [Fact]
    public void AGatewayNeedsAListener() =>
        Assert.Equal(["Gateway:Listeners: no listener is enabled; a gateway needs one, as with --listen line=127.0.0.1:7000."], Validate(new TcpListenerOptions { Enabled = false }));

    [Fact]
    public void OneConnectionAloneMustNotBeShortOfMemory()
    {
        var fault = Assert.Single(Validate(At("127.0.0.1:7000"), new() { Address = "127.0.0.1:7001", Framing = "line", MaxMessageBytes = 16 * 1024 * 1024, MaxBytesInFlight = 16 * 1024 * 1024 }));

        Assert.StartsWith("Gateway:Listeners:l2:MaxMessageBytes: 16777216 lets one connection hold 67108864 bytes, more than half of what all may hold, 67108864 (Gateway:BufferMemoryBytes)", fault, StringComparison.Ordinal);
    }

    private static BufferBudget Budget { get; } = new(64 * 1024 * 1024);

    private static TcpListenerOptions At(string address) => new() { Address = address, Framing = "line" };

    private static List<string> Validate(params TcpListenerOptions[] options)
    {
        var listeners = new TcpListeners();
        for (var i = 0; i < options.Length; i++) listeners.Add($"l{i + 1}", options[i]);
        return [.. new TcpListenersValidator(Budget).Validate(null, listeners).Failures ?? []];
    }
}
