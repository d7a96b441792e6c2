using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Processes;

namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// Every signal of <see cref="StopSignals"/> stops the program in order, also while it starts; a Ctrl-C after that aborts it.
/// </summary>
internal sealed partial class SignalLifetime(IHostApplicationLifetime application, StartInterruption interruption, CutStart cut,
    ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    // What has begun ends in order only when it has started. So the start may finish, unless it hangs: one takes a second or two.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _startPatience = new();
    private StopSignals? _signals;
    private int _stopping;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals = new StopSignals(OnSignal);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _signals?.Dispose();
        _startPatience.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true; // no default action: the host ends the process
        if (Interlocked.Exchange(ref _stopping, 1) is 0)
        {
            Log.Stopping(logger, StopSignals.NameOf(context.Signal));
            application.ApplicationStarted.Register(application.StopApplication); // at once, when it has started
            _startPatience.Token.Register(CutShort);
            _startPatience.CancelAfter(StartPatience);
            interruption.Request();
        }
        else if (context.Signal is PosixSignal.SIGINT)
        {
            Log.Aborting(logger);
            Environment.Exit(ExitCode.Aborted);
        }
    }

    private void CutShort()
    {
        if (!application.ApplicationStarted.IsCancellationRequested) cut.Happens();
        application.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information, "Stopping ({Signal}); press Ctrl-C to abort at once.")]
        public static partial void Stopping(ILogger logger, string signal);

        [LoggerMessage(1002, LogLevel.Warning, "Aborted by a second signal.")]
        public static partial void Aborting(ILogger logger);
    }
}
