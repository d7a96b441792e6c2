using System.CommandLine;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>What the commands that measure have in common.</summary>
internal static class CommandParts
{
    // 1 is a regression, and a command line that is not understood.
    private const int NoMeasurement = 3;

    /// <summary>A number from 1 on.</summary>
    public static Option<int> Number(string name, int standard, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1) result.AddError($"{name}: has to be 1 or more.");
        });
        return option;
    }

    /// <summary>Some of several names.</summary>
    public static Option<string[]> Names(string name, IReadOnlyCollection<string> allowed, IReadOnlyCollection<string> standard, string description)
    {
        var option = new Option<string[]>(name) { Description = description, DefaultValueFactory = _ => [.. standard], AllowMultipleArgumentsPerToken = true };
        option.AcceptOnlyFromAmong([.. allowed]);
        return option;
    }

    /// <summary>The servers to measure.</summary>
    public static Option<string[]> Servers(params string[] standard) => Names(
        "--servers", [.. ServerVariant.All.Select(v => v.Name)], standard, string.Join("; ", ServerVariant.All.Select(v => $"{v.Name}: {v.Description}")) + ".");

    /// <summary>The warm-up of each server with each load.</summary>
    public static Option<int> Warmup() => Number("--warmup", 3, "For how many seconds each is loaded at a time before, in a closed loop, until CPU a message falls no more: .NET compiles what is used often twice.");

    /// <summary>A file for the table.</summary>
    public static Option<string?> Output() => new("--output") { Description = "A file for the table, in Markdown; the terminal without." };

    /// <summary>Runs a command, and tells a person what went wrong.</summary>
    public static void SetMeasurement(this Command command, Func<ParseResult, CancellationToken, Task<int>> measure) => command.SetAction(async (line, cancellation) =>
    {
        try
        {
            return await measure(line, cancellation);
        }
        catch (MeasurementException fault)
        {
            await Console.Error.WriteLineAsync($"error: {fault.Message}");
            return NoMeasurement;
        }
    });

    /// <summary>Writes the table where it is wanted.</summary>
    public static async Task WriteAsync(string table, string? file, CancellationToken cancellation)
    {
        if (file is null) Console.Write(table);
        else await File.WriteAllTextAsync(file, table, cancellation);
    }

    /// <summary>Says how far it is.</summary>
    public static void Tell(string what) => Console.Error.WriteLine(what);
}
