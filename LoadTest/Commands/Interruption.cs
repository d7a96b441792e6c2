using System.Runtime.InteropServices;
using OrleansEcho.ServiceDefaults.Processes;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The first of <see cref="StopSignals"/> ends what is going on in order, so that its results are kept; a Ctrl-C after that ends it at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly StopSignals _signals;
    private readonly TextWriter _error;
    private readonly Action<int> _exit;

    /// <summary>Begins to listen.</summary>
    /// <param name="error">Where to say what happens.</param>
    /// <param name="exit">Ends the process.</param>
    public Interruption(TextWriter error, Action<int> exit)
    {
        (_error, _exit) = (error, exit);
        _signals = new StopSignals(On);
    }

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>A signal has come.</summary>
    public void On(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            // Only a person who presses it again means at once: a terminal that is closed sends SIGHUP twice, itself and by its shell.
            if (context.Signal is PosixSignal.SIGINT) _exit(ExitCodes.Interrupted);
            return;
        }

        _source.Cancel();
        _error.WriteLine("Ending the run, and writing what there is; press Ctrl-C again to abort.");
    }

    public void Dispose()
    {
        _signals.Dispose();
        _source.Dispose();
    }
}
