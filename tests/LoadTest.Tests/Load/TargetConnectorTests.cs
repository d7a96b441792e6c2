using System.Net;
using System.Net.Sockets;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Scenarios;
using static OrleansEcho.LoadTest.Tests.Load.EngineRuns;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>A name may have several addresses, of which some do not answer.</summary>
public sealed class TargetConnectorTests
{
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.3");

    [Fact]
    public async Task TheNextAddressIsTried_AndTheOneThatAnsweredIsTheFirstFromThenOn()
    {
        using var server = Listen(IPAddress.Loopback, 0);
        var port = ((IPEndPoint)server.LocalEndPoint!).Port;
        var connector = Connector(port, [Other, IPAddress.IPv6Loopback, IPAddress.Loopback]);
        await ConnectAsync(connector, server);

        // Somebody listens at the first one now: nobody is asked there while the other answers.
        using var late = Listen(Other, port);
        await ConnectAsync(connector, server);
        Assert.False(late.Poll(0, SelectMode.SelectRead));

        // And when that has gone, he is.
        server.Dispose();
        await ConnectAsync(connector, late);
    }

    [Fact]
    public async Task WhereNobodyAnswers_EachAddressIsNamed()
    {
        int port;
        await using (var server = new LyingServer(Size)) port = server.Port;
        var fault =
            await Assert.ThrowsAsync<TargetException>(() => Connector(port, [Other, IPAddress.Loopback]).ConnectAsync(Stop).AsTask());
        Assert.Equal("nobody listens there (127.0.0.3, 127.0.0.1)", fault.Message);
    }

    [Fact]
    public void OnlyAddressesOfTheSourcesFamilyAreTried()
    {
        var fault = Assert.Throws<CannotRunException>(() => Connector(1, [IPAddress.IPv6Loopback], "127.0.0.2"));
        Assert.Equal("two.test:1: no --source is of the family of ::1; give one that is.", fault.Message);
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    private static async Task ConnectAsync(TargetConnector connector, Socket listener)
    {
        (await connector.ConnectAsync(Stop)).Dispose();
        using var accepted = await listener.AcceptAsync(Stop).AsTask().WithinAsync("the connection");
    }

    private static TargetConnector Connector(int port, IPAddress[] addresses, params string[] sources) =>
        TargetConnector.Of(new LoadTarget("two.test", port, "line"), addresses, Scenario(port, "line") with { Sources = sources });
}
