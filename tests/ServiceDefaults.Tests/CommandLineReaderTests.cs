using OrleansEcho.ServiceDefaults.CommandLine;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class CommandLineReaderTests
{
    [Theory]
    [InlineData("Sample:Name", "x", "--Sample:Name=x")]
    [InlineData("Sample:Name", "x", "--Sample:Name", "x")]
    [InlineData("Sample:Name", "a=b:c", "--Sample:Name=a=b:c")]
    [InlineData("Sample:Name", "", "--Sample:Name=")]
    [InlineData("Sample:Name", "--x", "--Sample:Name=--x")]
    [InlineData("Sample:Offset", "-5", "--Sample:Offset", "-5")]
    [InlineData("Sample:Offset", "-5", "--Sample:Offset=-5")]
    [InlineData("sample:count", "5", "--SAMPLE:COUNT", "5")]
    [InlineData("Sample:Count", "5", "--count", "5")]
    [InlineData("Sample:Count", "5", "--count=5")]
    [InlineData("Sample:Count", "-5", "--count", "-5")]
    [InlineData("Sample:Items:a:Address", "b:7", "--item", "a=b:7")]
    [InlineData("Management:Address", "[::1]:9", "--management", "[::1]:9")]
    [InlineData("Unknown:Key", "1", "--Unknown:Key=1")]
    public void OptionIsSet(string key, string value, params string[] args)
    {
        var line = Read(args);
        Assert.Empty(line.Faults);
        var setting = Assert.Single(line.Target.Settings);
        Assert.Equal(key, setting.Key, ignoreCase: true);
        Assert.Equal(value, setting.Value);
    }

    [Fact]
    public void RepeatableFlagIsTakenEachTime_AndDropsTheDefaults()
    {
        var line = Read("--item", "a=x", "--item=b=y");
        Assert.Empty(line.Faults);
        Assert.Equal(["Sample:Items:a:Address=x", "Sample:Items:b:Address=y"], line.Target.Settings.Select(s => $"{s.Key}={s.Value}").Order(StringComparer.Ordinal));
        Assert.Contains("Sample:Items", line.Target.Replacements.Select(r => r.Section));
    }

    [Theory]
    [InlineData("--Sample:Name needs a value.", "--Sample:Name")]
    [InlineData("--Sample:Name needs a value.", "--Sample:Name", "--count", "5")]
    [InlineData("--count needs a value.", "--count")]
    [InlineData("--count needs a value.", "--count", "--log-level", "info")]
    [InlineData("--config needs a value.", "--config")]
    [InlineData("--count stands 2 times; it takes one value.", "--count", "5", "--count=6")]
    [InlineData("Sample:Count is set twice on the command line, to '6' and to '5'.", "--count", "5", "--Sample:Count=6")]
    [InlineData("Sample:Count is set twice on the command line, to '5' and to '6'.", "--Sample:Count=5", "--Sample:Count", "6")]
    [InlineData("--config stands 2 times; it takes one value.", "--config", "a.json", "--config", "b.json")]
    [InlineData("--item: 'a' is not of the form NAME=ADDRESS.", "--item", "a")]
    [InlineData("--log-level: 'loud' is not one of trace, debug, info, warning, error, none.", "--log-level", "loud")]
    [InlineData("There is no flag '--cuont'; did you mean --count?", "--cuont=5")]
    [InlineData("There is no flag '--frobnicate'; --help lists all.", "--frobnicate")]
    [InlineData("There is no flag '--Sample_Count'; did you mean --Sample:Count?", "--Sample_Count=5")]
    [InlineData("There is no flag '--sample-count'; did you mean --Sample:Count?", "--sample-count", "5")]
    [InlineData("There is no flag '--frobnicate'; --help lists all.", "--frobnicate", "5")]
    [InlineData("There is no flag 'count'; did you mean --count?", "count")]
    [InlineData("There is no flag '@file'; --help lists all.", "@file")]
    public void FaultIsReported(string fault, params string[] args) => Assert.Equal([fault], Read(args).Faults);

    [Fact]
    public void EveryFaultIsReported_WhenThereAreSeveral() => Assert.Equal(4, Read("--nonsense", "--Sample:Name", "--count", "1", "--count", "2", "--item", "x").Faults.Count);

    [Theory]
    [InlineData("trace", "Trace")]
    [InlineData("DEBUG", "Debug")]
    [InlineData("info", "Information")]
    [InlineData("Information", "Information")]
    [InlineData("warn", "Warning")]
    [InlineData("warning", "Warning")]
    [InlineData("error", "Error")]
    [InlineData("critical", "Critical")]
    [InlineData("none", "None")]
    public void LogLevelIsAWord(string word, string level) => Assert.Equal(level, Read("--log-level", word).Target.Settings["Logging:LogLevel:OrleansEcho"]);

    [Theory]
    [InlineData(true, false, "--help")]
    [InlineData(true, false, "-h")]
    [InlineData(true, false, "-?")]
    [InlineData(true, false, "--nonsense", "--help")]
    [InlineData(true, false, "--config", "--help")]
    [InlineData(false, true, "--version")]
    [InlineData(false, false)]
    public void HelpAndVersionAreSeen(bool help, bool version, params string[] args)
    {
        var line = Read(args);
        Assert.Equal((help, version), (line.WantsHelp, line.WantsVersion));
    }

    private static CommandLineResult Read(params string[] args) => CommandLineReader.Read(args, SampleProgram.Description());
}
