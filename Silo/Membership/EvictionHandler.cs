using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Ends a silo that the others have declared dead, because it stood still for too long or could not be reached: they have given its grains away.
/// One line says so, where Orleans' own handler leaves pages and a core dump.
/// </summary>
internal sealed class EvictionHandler : IFatalErrorHandler
{
    private const string Evicted = "I have been told I am dead";

    // Handlers of the process's exit may wait for what this fault has broken.
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(2);

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Not by the log: what it still has to write is lost when the process ends.
        Console.Error.WriteLine(Describe(context, exception));
        var exit = new Thread(() => Environment.Exit(ExitCode.Evicted)) { IsBackground = true };
        exit.Start();
        if (!exit.Join(ExitPatience)) Environment.FailFast("The process did not exit.");
    }

    /// <summary>One line, as the log writes it.</summary>
    internal static string Describe(string? context, Exception? exception) => context?.Contains(Evicted, StringComparison.Ordinal) is true
        ? "error: The other silos have declared this one dead, because it did not answer them; it ends, and can be started again at once."
        : Shown.Text(Shown.Masked($"error: A fault that a silo cannot go on with: {context}: {exception}").ReplaceLineEndings(" "));
}
