using System.Net;
using System.Net.Sockets;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Client.Tests;

/// <summary>The client and the product itself.</summary>
public sealed class EndToEndTests : ProcessTest
{
    [Fact]
    public async Task PoolWorksWithTheGateway_AndHearsItsReasons()
    {
        var service = await StartServiceAsync(Topology.Standalone, "--Gateway:MaxConnections=2", "--Gateway:Listeners:line:MaxMessageBytes=100");
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { MinimumSize = 1, MaximumSize = 2, Gateways = { Text(service.LengthPrefixed) } });
        await pool.PrewarmAsync(Cancelled);
        await using (var lease = await pool.AcquireAsync(Cancelled))
        {
            var echoes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => lease.SendAsync(BitConverter.GetBytes(i), Cancelled).AsTask())).WithinAsync("a thousand echoes");
            Assert.Equal(Enumerable.Range(0, 1000), echoes.Select(echo => BitConverter.ToInt32(echo.Span)));
        }

        // One of two places is left.
        await using (var client = await EchoClient.ConnectAsync(Text(service.Unix), new EchoConnectionOptions { Framing = "line" }, cancellationToken: Cancelled))
        {
            (await client.SendAsync("one"u8.ToArray(), Cancelled)).Dispose();
            await using var third = await EchoClient.ConnectAsync(Text(service.Line), new EchoConnectionOptions { Framing = "line" }, cancellationToken: Cancelled);
            Assert.Equal(EchoReason.TooManyConnections, (await Assert.ThrowsAsync<EchoRefusedException>(() => third.SendAsync("two"u8.ToArray(), Cancelled).AsTask())).Reason);
        }

        await service.ActiveAsync(1);
        await using var last = await EchoClient.ConnectAsync(Text(service.Line), new EchoConnectionOptions { Framing = "line" }, cancellationToken: Cancelled);
        Assert.Equal(EchoReason.FrameTooLong, (await Assert.ThrowsAsync<EchoClosedException>(() => last.SendAsync(new byte[101], Cancelled).AsTask())).Reason);
    }

    [Fact]
    public async Task StoppingGatewaySaysSo_AndThePoolFailsAtOnce()
    {
        var service = await StartServiceAsync(Topology.Standalone);
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { Text(service.LengthPrefixed) } });
        await using var lease = await pool.AcquireAsync(Cancelled);
        service.Front.Send(Signal.Terminate);
        await Deadline.UntilAsync(() => Task.FromResult(!lease.IsOpen), "the gateway to close the connection");
        Assert.Equal(EchoReason.Draining, (await Assert.ThrowsAsync<EchoClosedException>(() => lease.SendAsync("x"u8.ToArray(), Cancelled).AsTask())).Reason);
        await service.Front.WaitForExitAsync();
        await lease.DisposeAsync();
        await Assert.ThrowsAsync<EchoGatewaysDownException>(() => pool.AcquireAsync(Cancelled).AsTask());
    }

    private static string Text(EndPoint listener) => listener is UnixDomainSocketEndPoint unix ? $"unix:{unix}" : $"{listener}";
}
