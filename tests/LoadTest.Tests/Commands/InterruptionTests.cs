using System.Runtime.InteropServices;
using OrleansEcho.LoadTest.Commands;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class InterruptionTests
{
    [Theory]
    [InlineData(PosixSignal.SIGHUP)] // a terminal that is closed sends it twice
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGQUIT)]
    public void WhateverEndsTheRun_OnlyCtrlCEndsTheProcess(PosixSignal first)
    {
        var codes = new List<int>();
        using var interruption = new Interruption(TextWriter.Null, codes.Add);
        interruption.On(new PosixSignalContext(first));
        interruption.On(new PosixSignalContext(first));
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Empty(codes);
        interruption.On(new PosixSignalContext(PosixSignal.SIGINT));
        Assert.Equal([130], codes);
    }

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
