namespace OrleansEcho.ServiceDefaults;

/// <summary>A program cannot start for a reason that a person can mend: the message is one line that says what, where and what to do.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Ends the start with one line and an exit code.</summary>
    /// <param name="exitCode">One of <see cref="ServiceDefaults.ExitCode"/>.</param>
    /// <param name="message">The line.</param>
    /// <param name="inner">What caused it, for the log at level Debug.</param>
    public StartupException(int exitCode, string message, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>The exit code that the program ends with.</summary>
    public int ExitCode { get; }
}
