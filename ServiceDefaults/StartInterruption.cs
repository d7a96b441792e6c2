using Microsoft.Extensions.Hosting;

namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// A signal that comes while the start waits for something outside: nothing has begun that would have to end in order, so that the program ends
/// at once. What has begun may finish its start first (<see cref="SignalLifetime"/>).
/// </summary>
public sealed class StartInterruption(IHostApplicationLifetime application) : IDisposable
{
    private readonly CancellationTokenSource _requested = new();

    /// <summary>Ends the waiting.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <inheritdoc/>
    public void Dispose() => _requested.Dispose();

    /// <summary>Whoever waited has been woken by <see cref="Requested"/>: the program stops.</summary>
    public void Stop() => application.StopApplication();

    /// <summary>A signal has come.</summary>
    internal void Request() => _requested.Cancel();
}
