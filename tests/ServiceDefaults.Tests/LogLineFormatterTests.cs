using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.ServiceDefaults.Telemetry;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class LogLineFormatterTests
{
    [Fact]
    public void EntryIsOneLine_WithItsTimeLevelCategoryAndId() =>
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn: OrleansEcho\.Test\[42\] It rains\.\n$", Write("It rains.", null));

    [Fact]
    public void NothingInAnEntrySteersTheTerminalOrForgesALine()
    {
        var line = Write("Refused \u001b[31mRED\r\n2026-11-28T00:00:00.000Z crit: forged[1] \u009b2J", new InvalidOperationException("a\u001bb\nc"));
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain(line[..^1], char.IsControl);
        Assert.Contains(@"Refused \u001b[31mRED\r\n2026-11-28T00:00:00.000Z crit: forged[1] \u009b2J System.InvalidOperationException: a\u001bb c", line, StringComparison.Ordinal);
    }

    [Fact]
    public void PasswordThatALibraryRepeatsIsNotInALine()
    {
        Shown.Hide("Formatted\r\npassword");
        var line = Write("AUTH echo Formatted\r\npassword", new InvalidOperationException("outer", new TimeoutException("'Formatted\r\npassword'")));
        Assert.Contains("AUTH echo *** System.InvalidOperationException: outer", line, StringComparison.Ordinal);
        Assert.Contains("'***'", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Formatted", line, StringComparison.Ordinal);
    }

    private static string Write(string message, Exception? fault)
    {
        using var line = new StringWriter();
        new LogLineFormatter().Write(new LogEntry<string>(LogLevel.Warning, "OrleansEcho.Test", new EventId(42), message, fault, (state, _) => state), null, line);
        return line.ToString();
    }
}
