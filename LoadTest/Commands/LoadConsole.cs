namespace OrleansEcho.LoadTest.Commands;

/// <summary>What a command has around it.</summary>
/// <param name="Out">For what was asked for.</param>
/// <param name="Error">For faults, a line each.</param>
/// <param name="Interrupt">Somebody wants it to end.</param>
internal sealed record LoadConsole(TextWriter Out, TextWriter Error, CancellationToken Interrupt)
{
    /// <summary>Lists faults.</summary>
    /// <returns><paramref name="exitCode"/>.</returns>
    public int Fail(int exitCode, params IEnumerable<string> faults)
    {
        foreach (var fault in faults) Error.WriteLine(fault);
        return exitCode;
    }
}
