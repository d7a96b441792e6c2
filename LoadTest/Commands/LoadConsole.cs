using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>
/// What a command has around it. Lines quote scenarios, results, gateways and silos: nothing in them steers the terminal, or looks like another line.
/// </summary>
/// <param name="Out">For what was asked for.</param>
/// <param name="Error">For faults, a line each.</param>
/// <param name="Interrupt">Somebody wants it to end.</param>
internal sealed record LoadConsole(TextWriter Out, TextWriter Error, CancellationToken Interrupt)
{
    /// <summary>Says a line of what was asked for.</summary>
    public void Say(string line) => Out.WriteLine(Shown.Text(line));

    /// <summary>Lists faults.</summary>
    /// <returns><paramref name="exitCode"/>.</returns>
    public int Fail(int exitCode, params IEnumerable<string> faults)
    {
        foreach (var fault in faults) Error.WriteLine(string.Join('\n', ScenarioFaults.BeforeCaret().Split(fault).Select(Shown.Text)));
        return exitCode;
    }
}
