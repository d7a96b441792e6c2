using System.Runtime.InteropServices;
using OrleansEcho.LoadTest.Commands;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class InterruptionTests
{
    [Fact]
    public void FirstSignal_EndsTheRun_AndTheSecondTheProcess()
    {
        var (codes, error) = (new List<int>(), new StringWriter());
        using var interruption = new Interruption(error, codes.Add);
        var signal = new PosixSignalContext(PosixSignal.SIGINT);
        interruption.On(signal);
        Assert.True(signal.Cancel && interruption.Token.IsCancellationRequested);
        Assert.Empty(codes);
        Assert.Contains("Ctrl-C again", error.ToString(), StringComparison.Ordinal);
        interruption.On(signal);
        Assert.Equal([130], codes);
    }
}
