using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

/// <summary>How connections are run and ended, over both transports.</summary>
public sealed class StreamServerTests : IDisposable
{
    private static readonly SocketThreadGroup Threads = new(2);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<StreamServer> _log = new();
    private readonly SemaphoreSlim _entered = new(0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _entered.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AStopUnbindsAtOnce_AndWaitsForConnections(bool ofItsOwn)
    {
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await StartAsync(ofItsOwn, _ => finish.Task);
        using var peer = await EnterAsync(server);

        var stopping = server.StopAsync(CancellationToken.None);
        await Deadline.UntilAsync(() => RefusesAsync(server), "the port to be free");
        Assert.False(stopping.IsCompleted);
        finish.SetResult();

        await stopping.WithinAsync("the stop");
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsLeftAtTheDeadlineIsAborted(bool ofItsOwn)
    {
        var fault = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await StartAsync(ofItsOwn, async connection => fault.SetResult(
            await Record.ExceptionAsync(async () => await connection.Transport.Input.ReadAsync(CancellationToken.None))));
        using var peer = await EnterAsync(server);
        using var deadline = new CancellationTokenSource();
        var stopping = server.StopAsync(deadline.Token);

        await deadline.CancelAsync();

        await stopping.WithinAsync("the stop");
        Assert.IsType<ConnectionAbortedException>(await fault.Task.WithinAsync("the abort"));
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhoDoesNotEndEvenThenIsNamed_AndNotWaitedForLongerThanTheGrace(bool ofItsOwn)
    {
        var never = new TaskCompletionSource();
        var server = await StartAsync(ofItsOwn, _ => never.Task);
        using var peer = await EnterAsync(server);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();

        var stopping = server.StopAsync(now.Token);
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(StreamServer.Grace);
                return Task.FromResult(stopping.IsCompleted);
            },
            "the stop");

        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Collector.GetSnapshot()).Level);
        never.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFailureIsItsConnectionsOnly(bool ofItsOwn)
    {
        var isFirst = 1;
        var server = await StartAsync(ofItsOwn, async connection =>
        {
            if (Interlocked.Exchange(ref isFirst, 0) is 1) throw new InvalidOperationException("on purpose");
            await connection.Transport.Output.WriteAsync("y"u8.ToArray(), CancellationToken.None);
        });
        using var first = await ConnectAsync(server);
        Assert.Equal("", await first.ReceiveAllAsync());
        using var second = await ConnectAsync(server);

        Assert.Equal("y", await second.ReceiveAllAsync());
        await server.StopAsync(Stop).WithinAsync("the stop");
        Assert.Contains("127.0.0.1", Assert.Single(_log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALoopThatHasEndedIsKnown_AndAStopIsNone()
    {
        var transport = new BrokenTransport();
        var server = new StreamServer(transport, _ => Task.CompletedTask, _time, _log);
        await server.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), Stop);
        Assert.Null(server.Failure);

        transport.Accepted.SetException(new InvalidOperationException("on purpose"));

        await server.StopAsync(Stop).WithinAsync("the stop");
        Assert.Equal("on purpose", server.Failure?.Message);
        Assert.Equal(LogLevel.Critical, Assert.Single(_log.Collector.GetSnapshot()).Level);

        var healthy = await StartAsync(ofItsOwn: false, _ => Task.CompletedTask);
        await healthy.StopAsync(Stop).WithinAsync("the stop");
        Assert.Null(healthy.Failure);
    }

    private static async Task<bool> RefusesAsync(StreamServer server)
    {
        try
        {
            using var peer = await ConnectAsync(server);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>
    /// Connects, and waits until the connection is being run: what waits to be accepted when a server stops is another matter.
    /// </summary>
    private async Task<Peer> EnterAsync(StreamServer server)
    {
        var peer = await ConnectAsync(server);
        await _entered.WaitAsync(Stop).WithinAsync("the connection");
        return peer;
    }

    private static Task<Peer> ConnectAsync(StreamServer server) => Peer.ConnectAsync(server.EndPoint!);

    private async Task<StreamServer> StartAsync(bool ofItsOwn, Func<ConnectionContext, Task> run)
    {
        if (ofItsOwn) Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var options = StreamListener.Transport(new());
        IConnectionListenerFactory transport = ofItsOwn
            ? new SocketListenerFactory(
                Threads, options, ArrayPool<byte>.Shared, DescriptorReserve.OfPeers, TimeProvider.System, NullLoggerFactory.Instance)
            : new PacedSocketTransport(options, DescriptorReserve.OfPeers, TimeProvider.System, NullLoggerFactory.Instance);
        var server = new StreamServer(transport, RunAsync, _time, _log);
        await server.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), Stop);
        return server;

        Task RunAsync(ConnectionContext connection)
        {
            _entered.Release();
            return run(connection);
        }
    }

    private sealed class BrokenTransport : IConnectionListenerFactory, IConnectionListener
    {
        public TaskCompletionSource<ConnectionContext?> Accepted { get; } = new();

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 7000);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(Accepted.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
