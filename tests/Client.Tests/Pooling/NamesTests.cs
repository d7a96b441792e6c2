using System.Net;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>Names and several addresses, with the system's resolver and on real sockets.</summary>
public sealed class NamesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // 127.0.0.1 and ::1 on most machines, one of them on others.
    private static IPAddress[] Loopbacks => [.. Dns.GetHostAddresses("localhost").Distinct()];

    public static TheoryData<string> EachLoopback() => [.. Loopbacks.Select(address => $"{address}")];

    // The server listens on one of them only.
    [Theory]
    [MemberData(nameof(EachLoopback))]
    public async Task LocalhostIsAllItsAddresses_AndThoseThatWorkAreUsed(string here)
    {
        await using var server = new EchoServer(Framings.LengthPrefixed, here: IPAddress.Parse(here));
        var name = $"localhost:{server.Port}";
        await using (var client = await EchoClient.ConnectAsync(name, cancellationToken: Stop)) (await client.SendAsync("hello"u8.ToArray(), Stop)).Dispose();

        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { name }, Choice = GatewayChoice.RoundRobin, MaximumSize = 4 });
        var leases = new List<EchoLease>();
        while (leases.Count < 4) leases.Add(await pool.AcquireAsync(Stop).AsTask().WithinAsync("a connection"));
        var gateways = pool.ReadStatistics().Gateways;
        Assert.Equal(Loopbacks.Select(address => $"{name} ({new IPEndPoint(address, server.Port)})").Order(), gateways.Select(gateway => gateway.Gateway).Order());
        Assert.Equal(4, gateways.Single(gateway => gateway.Gateway == $"{name} ({server.Address})").Leased);
        foreach (var lease in leases) await lease.DisposeAsync();
    }

    [Fact]
    public async Task NameWithSeveralAddressesIsOneGatewayEach_AndOneThatStopsIsDoneWithout()
    {
        await using var first = new EchoServer(Framings.LengthPrefixed);
        var second = new EchoServer(Framings.LengthPrefixed, here: IPAddress.Parse("127.0.0.2"), port: first.Port);
        var resolver = new ScriptedResolver { ["echo.example"] = "127.0.0.1 127.0.0.2" };
        var options = new EchoClientPoolOptions { Gateways = { $"echo.example:{first.Port}" }, MaximumSize = 4 };
        await using var pool = new EchoClientPool(options, new PoolSeams(new SocketConnector(null), resolver, new Random(1)), null, null, null);
        var leases = await AcquireAsync(4);
        Assert.Equal([2, 2], pool.ReadStatistics().Gateways.Select(gateway => gateway.Leased));
        foreach (var lease in leases) await lease.DisposeAsync();

        await second.DisposeAsync();
        await Deadline.UntilAsync(() => Task.FromResult(pool.ReadStatistics().Idle is 2), "the end of its connections");
        leases = await AcquireAsync(4);
        Assert.Equal([4, 0], pool.ReadStatistics().Gateways.OrderBy(gateway => gateway.Gateway, StringComparer.Ordinal).Select(gateway => gateway.Leased));
        foreach (var lease in leases) await lease.DisposeAsync();

        async Task<List<EchoLease>> AcquireAsync(int count)
        {
            var acquired = new List<EchoLease>();
            while (acquired.Count < count) acquired.Add(await pool.AcquireAsync(Stop).AsTask().WithinAsync("a connection"));
            return acquired;
        }
    }
}
