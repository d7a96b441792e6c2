using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Tests.Listening;

public sealed class PacedListenerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private long _limit = 1_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task OutOfDescriptors_WhoConnectsWaits_AndIsAcceptedWhenThereAreSomeAgain()
    {
        await using var listener = Listen();
        _limit = 0;
        using var first = await ConnectAsync(listener);
        using var second = await ConnectAsync(listener);
        await using var touches = await AcceptAsync(listener).WithinAsync("the first, which finds the reserve touched");
        var accepting = AcceptAsync(listener);
        Assert.Contains("Nobody is accepted on ", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
        _time.Advance(AcceptBackoff.Shortest);
        Assert.False(accepting.IsCompleted);

        _limit = 1_000_000;
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(AcceptBackoff.Longest);
                return Task.FromResult(accepting.IsCompleted);
            },
            "the second to be accepted");
        await using var accepted = await accepting;
        Assert.NotNull(accepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnbindingEndsTheAccepting(bool whileItPauses)
    {
        await using var listener = Listen();
        if (whileItPauses)
        {
            _limit = 0;
            using var peer = await ConnectAsync(listener);
            await using var touches = await AcceptAsync(listener);
        }

        var accepting = AcceptAsync(listener);
        await listener.UnbindAsync(Stop);
        Assert.Null(await accepting.WithinAsync("the end of the accepting"));
        Assert.Null(await listener.AcceptAsync(Stop));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(listener));
    }

    private static Task<ConnectionContext?> AcceptAsync(PacedListener listener) => listener.AcceptAsync(Stop).AsTask();

    private static async Task<Socket> ConnectAsync(PacedListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint, Stop);
        return socket;
    }

    private PacedListener Listen()
    {
        var socket = PacedListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), Bind, backlog: 10);
        var reserve = new DescriptorReserve(16, 64, () => _limit, () => (0, false));
        using var loggers = new LoggerFactory([_log]);
        return new PacedListener(
            socket, Own, new AcceptBackoff(socket.LocalEndPoint!, reserve, _time, loggers.CreateLogger<AcceptBackoff>()), _time);
    }

    private static Socket Bind(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endPoint);
        return socket;
    }

    private static DefaultConnectionContext Own(Socket socket)
    {
        socket.Dispose();
        return new DefaultConnectionContext("accepted");
    }
}
