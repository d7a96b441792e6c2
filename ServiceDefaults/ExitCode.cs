namespace OrleansEcho.ServiceDefaults;

/// <summary>The exit codes of every program here: a supervisor may act on them.</summary>
public static class ExitCode
{
    /// <summary>Stopped in order.</summary>
    public const int Success = 0;

    /// <summary>A fault of the program or of its surroundings, which the log explains.</summary>
    public const int Failure = 1;

    /// <summary>The configuration is wrong; every fault was listed. Starting again will not help.</summary>
    public const int InvalidConfiguration = 2;

    /// <summary>An address or a port could not be bound.</summary>
    public const int CannotBind = 3;

    /// <summary>A silo that the others have declared dead, or that met a fault it cannot go on with. It can be started again at once.</summary>
    public const int Evicted = 4;

    /// <summary>Aborted by a second Ctrl-C: 128 + SIGINT, as shells report it.</summary>
    public const int Aborted = 130;
}
