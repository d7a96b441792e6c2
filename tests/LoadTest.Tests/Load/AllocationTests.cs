namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>
/// What a message costs the garbage collector: nothing, or it would be the load tester's pauses that are measured. That the socket
/// underneath allocates nothing either is for .NET's own tests.
/// </summary>
public sealed class AllocationTests
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
}
