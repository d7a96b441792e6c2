using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
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
    [SuppressMessage(
        "Reliability", "CA2012:Use ValueTasks correctly", Justification = "A method that awaits would not let the exception out.")]
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

    // As if there were no memory to tell it, twice: its socket may never have anything again, so that nothing else would tell it.
    [Fact]
    public async Task WhoCannotBeToldOfAFaultIsToldLater()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var thread = new SocketThread("untold");
        var served = new Served { FailsUntold = 2 };
        thread.Add(served);
        thread.Ring();
        Assert.Equal("of the serving", (await served.Told.WithinAsync("the fault to be told")).Message);
    }

    // A close that needed memory would leave its descriptor open where there is none.
    [Fact]
    public async Task SlotsAreGivenBackWithoutMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var sockets = Enumerable.Range(0, 200)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var thread = new SocketThread("slots");
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        thread.Add(new Work(() =>
        {
            var slots = sockets.ConvertAll(socket => thread.Watch(new Served(), (int)socket.Handle)!.Value);
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var slot in slots) thread.Forget(slot);
            done.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
        }));
        thread.Ring();
        Assert.Equal(0, await done.Task.WithinAsync("the slots to be given back"));
        sockets.ForEach(socket => socket.Dispose());
    }

    private sealed class Served : IThreadPoolWorkItem, SocketThread.IServed
    {
        private readonly TaskCompletionSource<Exception> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int FailsUntold { get; set; }

        public Task<Exception> Told => _told.Task;

        public void Execute() => throw new InvalidOperationException("of the serving");

        public void Serve(uint events)
        {
            // Nothing comes.
        }

        public void Fail(Exception fault)
        {
            if (FailsUntold-- > 0) throw new InvalidOperationException("of the telling");
            _told.SetResult(fault);
        }
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
