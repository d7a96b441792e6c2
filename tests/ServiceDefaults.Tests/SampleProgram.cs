using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>A small program with flags and defaults of its own.</summary>
internal static class SampleProgram
{
    public const string Name = "OrleansEcho.Sample";

    public static OptionCatalog Catalog() => new OptionCatalog()
        .Add<SampleOptions>(SampleOptions.Section)
        .AddNamed<SampleItemOptions>(SampleItemOptions.Section)
        .Add<ManagementOptions>(ManagementOptions.Section);

    public static ProgramDescription Description()
    {
        var catalog = Catalog();
        return new ProgramDescription
        {
            Name = Name,
            Summary = "stands in for a real one.",
            Options = catalog,
            Flags =
            [
                Flag.For("--count", "N", "Sample:Count", catalog),
                Flag.Custom("--item", "NAME=ADDRESS", "Adds an item, instead of the default ones.", isRepeatable: true, AddItem),
            ],
            Commands = [new ProgramCommand("--sum", "Adds one and two, and ends.", (_, _) => Task.FromResult("3")), new ProgramCommand("--fail", "Fails.", (_, _) => throw new StartupException(ExitCode.Failure, "It failed."))],
            Defaults = new Dictionary<string, string?>
            {
                ["Sample:Name"] = "built-in",
                ["Sample:Items:first:Address"] = "here",
                ["Sample:Items:second:Address"] = "there",
            },
        };
    }

    private static string? AddItem(string value, FlagTarget target)
    {
        if (value.Split('=') is not [var name, var address]) return "is not of the form NAME=ADDRESS";
        target.Replace(SampleItemOptions.Section, "--item");
        target.Set($"{SampleItemOptions.Section}:{name}:Address", address);
        return null;
    }
}
