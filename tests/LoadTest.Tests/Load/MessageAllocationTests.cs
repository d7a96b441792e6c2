using System.Net;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>
/// What a message costs the garbage collector: nothing, or it would be the load tester's pauses that are measured. That the socket
/// underneath allocates nothing either is for .NET's own tests.
/// </summary>
public sealed class MessageAllocationTests
{
    private const int Messages = 16 * 1024;

    [Theory]
    [InlineData("line", 1)]
    [InlineData("line", 16)]
    [InlineData("length-prefixed", 1)]
    [InlineData("length-prefixed", 16)]
    [InlineData("raw", 1)]
    [InlineData("raw", 16)]
    public void MessageThatIsSentCheckedAndCounted_AllocatesNothing(string framing, int depth)
    {
        using var mirror = new Mirror(framing, depth, size: 40);
        Reflect();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Reflect();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * Messages, mirror.Counts.Messages);
        Assert.Equal((0, 0), (mirror.Counts.Faults, mirror.Counts.Errors.Sum()));

        void Reflect()
        {
            for (var i = 0; i < Messages; i += depth) mirror.Reflect();
        }
    }

    // Large objects are collected with all threads standing still: a histogram has a quarter of a megabyte.
    [Fact]
    public void SecondThatIsCountedAndTold_AllocatesNothingLarge()
    {
        const int Seconds = 20;
        var time = new HandClock();
        var scenario =
            EngineRuns.Scenario(port: 7000, "line") with { Warmup = TimeSpan.Zero, Stages = [new LoadStage(TimeSpan.FromHours(1), 8)] };
        var run = new RunContext(new MessageText(1, EngineRuns.Size), time);
        var plan = new LoadPlan(scenario, LoadShare.Whole, [TargetConnector.Of(scenario.Targets[0], [IPAddress.Loopback], scenario)], run,
            static () => 0, static (_, _) => { });
        var told = 0;
        var monitor = new LoadMonitor(scenario, new LoadPart(), plan, run, new Watcher(_ => told++), time);
        monitor.Begin(run.Now);
        Count(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(Seconds);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Seconds, 0, 16 * 1024);
        Assert.Equal(1 + Seconds, told);

        void Count(int seconds)
        {
            for (; seconds > 0; seconds--)
            {
                var shard = plan.Targets[0].NextShard();
                lock (shard.Gate) shard.Counts.Latency.Record(1_000_000);
                time.Nanoseconds += 1_000_000_000;
                monitor.Look();
            }
        }
    }

    private sealed class HandClock : TimeProvider
    {
        public long Nanoseconds { get; set; } = 1;

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Nanoseconds;
    }
}
