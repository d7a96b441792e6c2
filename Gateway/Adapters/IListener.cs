namespace OrleansEcho.Gateway.Adapters;

/// <summary>A bound endpoint that accepts: what the gateway's start, stop and health see of a protocol adapter.</summary>
internal interface IListener : IAsyncDisposable
{
    /// <summary>Its name in the configuration, in metrics and in logs.</summary>
    string Name { get; }

    /// <summary>What it speaks, as in metrics.</summary>
    string Protocol { get; }

    /// <summary>Where it listens: what was configured, and once it is bound, with the port that it got.</summary>
    string Address { get; }

    /// <summary>The longest message that it takes, in bytes.</summary>
    int MaxMessageBytes { get; }

    /// <summary>A command for a person to try it; null when there is no short one.</summary>
    string? Example { get; }

    /// <summary>Why it will never accept anybody again, a sentence; null while it does, and after it was stopped.</summary>
    string? Failure { get; }

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="ServiceDefaults.StartupException">It cannot: one line for a person, naming the port and the option.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Unbinds at once, then waits for its connections; aborts those that are left when <paramref name="abort"/> is cancelled.</summary>
    Task StopAsync(CancellationToken abort);

    /// <summary>Connects to itself and ends when it has accepted that connection.</summary>
    /// <exception cref="IOException">It does not accept.</exception>
    /// <exception cref="OperationCanceledException">It did not in time.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);
}
