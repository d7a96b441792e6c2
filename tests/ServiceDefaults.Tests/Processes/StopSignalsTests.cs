using System.Runtime.InteropServices;
using OrleansEcho.ServiceDefaults.Processes;

namespace OrleansEcho.ServiceDefaults.Tests.Processes;

[Collection(Alone.Name)]
public sealed class StopSignalsTests
{
    // SIGINT and SIGQUIT would end the test run, too: StopTests sends them to processes of their own.
    [Theory]
    [InlineData(1, "SIGHUP")]
    [InlineData(10, "SIGUSR1")]
    [InlineData(12, "SIGUSR2")]
    [InlineData(15, "SIGTERM")]
    [InlineData(24, "SIGXCPU")]
    [InlineData(25, "SIGXFSZ")]
    [InlineData(30, "SIGPWR")]
    public async Task ASignalThatWouldEndTheProcess_IsHeardByItsName(int number, string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The numbers are Linux'.");
        var inherited = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
        // Ignored before the tests began (nohup): it stays so, and cannot be heard.
        if ((Convert.ToInt64(inherited, 16) >> (number - 1) & 1) is 1) return;
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new StopSignals(context =>
        {
            context.Cancel = true;
            heard.TrySetResult(StopSignals.NameOf(context.Signal));
        });

        Assert.Equal(0, Kill(Environment.ProcessId, number));

        Assert.Equal(name, await heard.Task.WithinAsync("the signal"));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
