using Microsoft.Extensions.Configuration;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.Tests;

[Collection(Alone.Name)]
public sealed class SettingsSourcesTests
{
    private static readonly string[] Layers =
        ["built-in", "appsettings.json", "appsettings.Production.json", "more.json", "environment", "command line"];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void StrongestLayerWins(int strongest)
    {
        using var folder = new WorkingFolder();
        foreach (var file in Layers[1..4].Take(strongest)) folder.Write(file, $$"""{ "Sample": { "Name": "{{file}}" } }""");
        if (strongest >= 4) folder.SetVariable("Sample__Name", Layers[4]);
        string[] args =
            [.. strongest >= 3 ? (string[])["--config", "more.json"] : [], .. strongest >= 5 ? (string[])["--Sample:Name", Layers[5]] : []];
        var (configuration, _, faults) = Load(args);
        Assert.Empty(faults);
        Assert.Equal(Layers[strongest], configuration["Sample:Name"]);
    }

    [Theory]
    [InlineData("Staging", null, "Staging")]
    [InlineData(null, "Testing", "Testing")]
    [InlineData("Staging", "Testing", "Staging")]
    public void EnvironmentNamesItsFile(string? dotnet, string? aspnetcore, string expected)
    {
        using var folder = new WorkingFolder();
        folder.SetVariable("DOTNET_ENVIRONMENT", dotnet);
        folder.SetVariable("ASPNETCORE_ENVIRONMENT", aspnetcore);
        foreach (var name in (string[])["Production", "Staging", "Testing"])
        {
            folder.Write($"appsettings.{name}.json", $$"""{ "Sample": { "Name": "{{name}}" } }""");
        }

        Assert.Equal(expected, Load().Configuration["Sample:Name"]);
    }

    [Fact]
    public void DefaultsStay_WhenNothingIsSaid()
    {
        using var folder = new WorkingFolder();
        Assert.Equal("here", Load().Configuration["Sample:Items:first:Address"]);
    }

    [Fact]
    public void NothingElseIsLeftOfASection_WhenAFlagStandsInsteadOfIt()
    {
        using var folder = new WorkingFolder();
        folder.Write(
            "appsettings.json", """{ "Sample": { "Name": "file", "Items": { "first": { "Size": 2 }, "mine": { "Size": 3 } } } }""");
        folder.SetVariable("Sample__Items__SECOND__Address", "everywhere");
        var (configuration, sources, faults) = Load("--item", "mine=elsewhere", "--Sample:Items:mine:Size=4");
        Assert.Empty(faults);
        Assert.Equal(["Address=elsewhere", "Size=4"], Assert.Single(
            configuration.GetSection("Sample:Items").GetChildren()).GetChildren().Select(option => $"{option.Key}={option.Value}"));
        Assert.Equal("file", configuration["Sample:Name"]);
        Assert.Equal(
            [
                "--item stands instead of what appsettings.json sets: Sample:Items:first:Size, Sample:Items:mine:Size.",
                "--item stands instead of what the environment sets: Sample:Items:SECOND:Address.",
            ],
            sources.Replaced);
    }

    [Fact]
    public void NothingIsSaidOfTheDefaults_WhenAFlagStandsInsteadOfThem()
    {
        using var folder = new WorkingFolder();
        Assert.Empty(Load("--item", "mine=elsewhere").Sources.Replaced);
    }

    [Theory]
    [InlineData("Sample_Count", "5", "Sample__Count")]
    [InlineData("SAMPLE_COUNT", "5", "Sample__Count")]
    [InlineData("Sample.Count", "5", "Sample__Count")]
    [InlineData("sampleCount", "5", null)] // one word may be anything
    [InlineData("Sampel_Count", "5", null)] // two letters
    [InlineData("Samle__Count", "5", "Sample__Count")]
    [InlineData("Sample_Items_first_Size", "5", "Sample__Items__first__Size")]
    [InlineData("Sample_Count", "tcp://10.0.0.1:80", null)] // Kubernetes' for a service with the name of a section
    [InlineData("Sample_Service_Host", "5", null)]
    [InlineData("Sample__Count", "5", null)] // it sets the option
    public void NearMissOfAVariableIsSaid(string variable, string value, string? meant)
    {
        using var folder = new WorkingFolder();
        folder.SetVariable(variable, value);
        Assert.Equal(
            meant is null ? [] : [$"The variable {variable} sets nothing; did you mean {meant}?"],
            Load().Sources.NearMisses);
    }

    [Fact]
    public void AHundredThousandKeysAreReadInSeconds()
    {
        using var folder = new WorkingFolder();
        folder.Write("appsettings.json", $"{{{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"K{i}\":1"))}}}");
        var since = TimeProvider.System.GetTimestamp();
        var faults = SampleProgram.Catalog().Check(Load().Sources.Layers);
        Assert.Equal((100_000, "K0 (from appsettings.json) is not an option; --help lists all."), (faults.Count, faults[0].Message));
        // Half a one; minutes, when each key is looked for among all.
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 30);
    }

    [Fact]
    public void SourcesAreNamedInTheirOrder()
    {
        using var folder = new WorkingFolder();
        folder.Write("more.json", "{}");
        folder.SetVariable("Sample__Enabled", "false");
        var here = Directory.GetCurrentDirectory();
        Assert.Equal(
            $"built-in defaults < {here}/appsettings.json (not there) < {here}/more.json < environment (Sample:Enabled) < command line "
            + "(Sample:Count)",
            Load("--config", "more.json", "--count", "5").Sources.ToString());
    }

    [Fact]
    public void CommentsAndTrailingCommasAreRead()
    {
        using var folder = new WorkingFolder();
        folder.Write("appsettings.json", "{ /* why */ \"Sample\": { \"Name\": \"x\", }, }\n// the end");
        var (configuration, _, faults) = Load();
        Assert.Empty(faults);
        Assert.Equal("x", configuration["Sample:Name"]);
    }

    [Theory]
    [InlineData("{\n  \"Sample\": {\n    \"Count\": 5,,\n", "at line 3, column 16")]
    [InlineData("{ \"Sample\": {", "at line 1, column 14")]
    [InlineData("", "at line 1, column 1")]
    [InlineData("[]", "Top-level JSON element must be an object")]
    [InlineData("{ \"Sample\": { \"Count\": 1, \"count\": 2 } }", "'Sample:count'")]
    public void FileIsNamedInOneLine_WhenItIsMalformed(string text, string what)
    {
        using var folder = new WorkingFolder();
        folder.Write("appsettings.json", text);
        folder.Write("more.json", """{ "Sample": { "Name": "more" } }""");
        var (configuration, _, faults) = Load("--config", "more.json");
        var fault = Assert.Single(faults);
        Assert.StartsWith("'appsettings.json' cannot be read: ", fault, StringComparison.Ordinal);
        Assert.Contains(what, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
        Assert.Equal("more", configuration["Sample:Name"]);
    }

    [Fact]
    public void EveryFileIsNamed_WhenAllAreMalformed()
    {
        using var folder = new WorkingFolder();
        foreach (var file in Layers[1..4]) folder.Write(file, "{");
        var (_, sources, faults) = Load("--config", "more.json", "--Sample:Cuont=1");
        Assert.Equal(Layers[1..4], faults.Select(f => f.Split('\'')[1]));
        Assert.Single(SampleProgram.Catalog().Check(sources.Layers));
    }

    [Fact]
    public void FileOfConfigIsMissedOnce_WhenItIsNotThere()
    {
        using var folder = new WorkingFolder();
        Assert.Equal(["--config: there is no file 'none.json'."], Load("--config", "none.json").Faults);
    }

    [Fact]
    public void HiddenFileIsRead_WhenConfigNamesIt()
    {
        using var folder = new WorkingFolder();
        folder.Write(".echo.json", """{ "Sample": { "Name": "hidden" } }""");
        var (configuration, _, faults) = Load("--config", ".echo.json");
        Assert.Empty(faults);
        Assert.Equal("hidden", configuration["Sample:Name"]);
    }

    private static (IConfiguration Configuration, SettingsSources Sources, IReadOnlyList<string> Faults) Load(params string[] args)
    {
        var program = SampleProgram.Description();
        var line = CommandLineReader.Read(args, program);
        var (configuration, sources) = (new ConfigurationManager(), new SettingsSources());
        IReadOnlyList<string> faults = [.. line.Faults, .. sources.Load(program, line)];
        sources.Apply(configuration, new HashSet<string>());
        return (configuration, sources, faults);
    }
}
