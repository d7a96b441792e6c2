using System.Runtime.InteropServices;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Ctrl-C, SIGTERM and SIGQUIT: the first ends what is going on in order, the second at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TextWriter _error;
    private readonly Action<int> _exit;

    /// <summary>Begins to listen.</summary>
    /// <param name="error">Where to say what happens.</param>
    /// <param name="exit">Ends the process.</param>
    public Interruption(TextWriter error, Action<int> exit)
    {
        (_error, _exit) = (error, exit);
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }) _registrations.Add(PosixSignalRegistration.Create(signal, On));
    }

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>A signal has come.</summary>
    public void On(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            _exit(ExitCodes.Interrupted);
            return;
        }

        _error.WriteLine("Ending the run, and writing what there is; press Ctrl-C again to abort.");
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
