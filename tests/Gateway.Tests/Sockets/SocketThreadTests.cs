using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketThreadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsAddedFromItselfIsDoneAtTheEndOfTheRound_AndWhatComesOfThatInTheNext()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var thread = SocketRig.Thread;
        var rounds = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        await SocketRig.AtHomeAsync(() =>
        {
            rounds.Add(thread.Round);
            thread.Add(new Work(() =>
            {
                rounds.Add(thread.Round);
                thread.Add(new Work(() =>
                {
                    rounds.Add(thread.Round);
                    done.SetResult();
                }));
            }));
            return Task.FromResult(rounds.Count); // and not done while this runs
        });

        await done.Task.WithinAsync("what was added");
        Assert.Equal([rounds[0], rounds[0], rounds[0] + 1], rounds);
    }

    [Fact]
    public async Task EveryCallIsHeard()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var thread = SocketRig.Thread;
        var heard = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    thread.Add(new Work(() =>
                    {
                        heard++;
                        Assert.Same(thread, SocketThread.Current);
                        done.SetResult();
                    }));
                    thread.Ring();
                    await done.Task.WithinAsync("an answer to a call");
                }
            },
            Stop)));
        Assert.Equal(8000, heard);
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "A method that awaits would not let the exception out.")]
    public async Task WhatFailsOnTheThreadEndsItsConnection_AndNeitherTheThreadNorTheOthers()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        var (other, otherPeer) = await rig.ConnectAsync();
        using var first = peer;
        using var second = otherPeer;
        var echo = SocketRig.EchoAsync(other);
        var faults = new ConcurrentQueue<Exception>();
        SocketRig.Thread.OnFault = faults.Enqueue;
        try
        {
            // As if there were no memory for what goes on where the bytes have come; nor for what somebody else has the thread do.
            var read = connection.Transport.Input.ReadAsync(Stop);
            read.GetAwaiter().UnsafeOnCompleted(() => throw new InvalidOperationException("of the read"));
            await peer.SendAsync("x");
            await Deadline.UntilAsync(() => Task.FromResult(connection.Fault is not null), "the connection to end");
            SocketRig.Thread.Add(new Work(() => throw new InvalidOperationException("of the work")));
            SocketRig.Thread.Ring();
            await Deadline.UntilAsync(() => Task.FromResult(faults.Count is 2), "the work to fail");
            await otherPeer.SendAsync("hello");
            Assert.Equal("hello", await otherPeer.ReceiveAsync(5));
        }
        finally
        {
            SocketRig.Thread.OnFault = null;
        }

        Assert.Equal(["of the read", "of the work"], faults.Select(fault => fault.Message));
        Assert.Equal("of the read", connection.Fault?.Message);
        otherPeer.Finish();
        await echo.WithinAsync("the echo's end");
    }

    private sealed class Work(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }

    [Fact]
    public async Task WhoEntersGoesOnOnTheThread_AndAtOnceWhenHeIsThere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var thread = new SocketThread("entered");
        await EnterAsync().WithinAsync("the entry");

        async Task EnterAsync()
        {
            await thread.EnterAsync();
            Assert.Same(thread, SocketThread.Current);
            var round = thread.Round;
            await thread.EnterAsync();
            Assert.Equal(round, thread.Round);
        }
    }
}
