using System.Text;
using Microsoft.Extensions.Configuration.Json;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class OptionCatalogTests
{
    [Fact]
    public void EveryFaultIsReportedWithItsOrigin_WhenThereAreManyInAllLayers()
    {
        var faults = Check(
            Json("""{ "Sample": { "Count": "many", "Colour": "red", "Enabled": "on" }, "Sampel": { "Count": 1 } }"""),
            Environment(("Sample:Seconds", "3600.5"), ("Sample:Cuont", "1"), ("Sampel:Count", "1"), ("PATH", "/bin"), ("SAMPLE", "1")),
            CommandLine(("Sample:Color", "blue"), ("Elsewhere:Far:Away:Option", "1"), ("Sample:Items:a:Size", "10")));
        Assert.Equal(
            [
                "Elsewhere:Far:Away:Option (from the command line) is not an option; --help lists all.",
                "Sampel:Count (from some.json) is not an option; did you mean Sample:Count?",
                "Sample:Color: 'blue' (from the command line) is not one of red, green.",
                "Sample:Colour (from some.json) is not an option; did you mean Sample:Color?",
                "Sample:Count: 'many' (from some.json) is not a whole number from 1 to 100.",
                "Sample:Cuont (from the environment) is not an option; did you mean Sample:Count?",
                "Sample:Enabled: 'on' (from some.json) is not true or false.",
                "Sample:Items:a:Size: '10' (from the command line) is not in the range 1 to 9.",
                "Sample:Seconds: '3600.5' (from the environment) is not in the range 0 to 3600.",
            ],
            faults.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Sample:Count", "1")]
    [InlineData("Sample:Count", "100")]
    [InlineData("sample:COUNT", "+7")]
    [InlineData("Sample:Offset", "-5")]
    [InlineData("Sample:Seconds", "0")]
    [InlineData("Sample:Seconds", "1e3")]
    [InlineData("Sample:Enabled", "FALSE")]
    [InlineData("Sample:Name", "")]
    [InlineData("Sample:Items:any name:Address", "there")]
    public void ValueIsTaken(string key, string value) => Assert.Empty(Check(CommandLine((key, value))));

    [Theory]
    [InlineData("Sample:Count", "", "is not a whole number from 1 to 100")]
    [InlineData("Sample:Count", "0", "is not in the range 1 to 100")]
    [InlineData("Sample:Count", "1.5", "is not a whole number from 1 to 100")]
    [InlineData("Sample:Count", "99999999999", "is not a whole number from 1 to 100")]
    [InlineData("Sample:Offset", "left", "is not a whole number")]
    [InlineData("Sample:Seconds", "", "is not a number from 0 to 3600")]
    [InlineData("Sample:Seconds", "1,5", "is not a number from 0 to 3600")]
    [InlineData("Sample:Seconds", "-0.1", "is not in the range 0 to 3600")]
    [InlineData("Sample:Seconds", "NaN", "is not a number from 0 to 3600")]
    [InlineData("Sample:Seconds", "1e400", "is not a number from 0 to 3600")]
    [InlineData("Sample:Color", "blue", "is not one of red, green")]
    [InlineData("Sample:Color", "", "is not one of red, green")]
    [InlineData("Sample:Enabled", "", "is not true or false")]
    [InlineData("Sample:Enabled", "1", "is not true or false")]
    public void ValueIsRefused(string key, string value, string why) =>
        Assert.Equal([$"{key}: '{value}' (from the command line) {why}."], Check(CommandLine((key, value))));

    [Theory]
    [InlineData("""{ "Sample": 5 }""", "Sample")]
    [InlineData("""{ "Sample": { "Items": "a" } }""", "Sample:Items")]
    [InlineData("""{ "Sample": { "Items": { "a": "there" } } }""", "Sample:Items:a")]
    [InlineData("""{ "sample": [] }""", "sample")]
    public void SectionIsNotAnOption_WhenItIsGivenAValue(string json, string key) =>
        Assert.Equal([$"{key} (from some.json) is a section and takes no value; --help lists its options."], Check(Json(json)));

    [Fact]
    public void FileMayServeOtherProgramsOfTheProject_AndACommandLineMayNot()
    {
        Assert.Empty(Check(Json("""{ "Silo": { "Port": 1 }, "Gateway": { "Name": "a" }, "Sample": { "Count": 5 } }""")));
        Assert.Single(Check(CommandLine(("Silo:Port", "1"))));
    }

    [Fact]
    public void OptionIsNotASection_WhenItIsGivenOptions() =>
        Assert.Equal(
            ["Sample:Count:Max (from some.json) is not an option; did you mean Sample:Count?"],
            Check(Json("""{ "Sample": { "Count": { "Max": 5 } } }""")));

    [Theory]
    [InlineData("Count")]
    [InlineData("Name")]
    public void NullIsRefused(string option) =>
        Assert.Equal([$"Sample:{option} (from some.json) is null; leave it out for the default."], Check(Json($$"""{ "Sample": { "{{option}}": null } }""")));

    [Theory]
    [InlineData("Sample:Name", "\u001b[31mred", @"Sample:Name: '\u001b[31mred' (from the command line) has a control character in it.")]
    [InlineData("Sample:Items:a\nb:Address", "there", "Sample:Items:a\nb:Address (from the command line) has a control character in its name.")]
    public void ControlCharacterIsRefused(string key, string value, string fault) => Assert.Equal([fault], Check(CommandLine((key, value))));

    [Fact]
    public void EmptySectionIsNoFault() => Assert.Empty(Check(Json("""{ "Sample": { "Items": { "a": {} } }, "Management": {} }""")));

    [Theory]
    [InlineData("Sample:Items:line:Adress", "Sample:Items:line:Address")]
    [InlineData("Sample:Items:a-very-long-name-for-an-item:Adress", "Sample:Items:a-very-long-name-for-an-item:Address")]
    [InlineData("Sample:Item:x:Size", "Sample:Items:x:Size")]
    [InlineData("SAMPLE:SECOND", "Sample:Seconds")]
    public void NearestOptionIsSuggested(string key, string suggestion) =>
        Assert.Equal([$"{key} (from the command line) is not an option; did you mean {suggestion}?"], Check(CommandLine((key, "1"))));

    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("AllowedHosts")]
    [InlineData("$schema")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void OthersSettingsAreTheirOwn(string key) => Assert.Empty(Check(CommandLine((key, "Debug"))));

    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:Console:LogLevel:OrleansEcho.Gateway")]
    [InlineData("logging:loglevel:x")]
    public void LogLevelIsRefused_WhenDotnetWouldThrowAtIt(string key)
    {
        const string Words = "is not one of Trace, Debug, Information, Warning, Error, Critical, None";
        Assert.Equal([$"{key}: 'loud' (from the command line) {Words}."], Check(CommandLine((key, "loud"))));
        Assert.Equal([$"{key}: 'loud' (from the environment) {Words}."], Check(Environment((key, "loud"))));
        Assert.Empty(Check(CommandLine((key, "debug"))));
    }

    [Fact]
    public void StrongestLayerIsChecked_WhenAWeakerOneIsWrong()
    {
        Assert.Empty(Check(Json("""{ "Sample": { "Count": 0 } }"""), CommandLine(("sample:count", "5"))));
        Assert.Equal(
            ["Sample:Count: '0' (from the command line) is not in the range 1 to 100."],
            Check(Json("""{ "Sample": { "Count": 5 } }"""), CommandLine(("Sample:Count", "0"))));
    }

    [Fact]
    public void MarkdownHasEveryOptionUnderItsSection()
    {
        const string Expected = """
            ### Sample

            | option | values | default | meaning |
            |---|---|---|---|
            | `Count` | 1 to 100 | `10` | How many there are. |
            | `Offset` | a whole number | `0` | How far from the middle. |
            | `Seconds` | 0 to 3600 | `1.5` | How long it takes, in seconds. |
            | `Color` | red, green | `red` | What it looks like. |
            | `Enabled` | true or false | `true` | Whether it works. |
            | `Name` | text |  | What it is called. |

            ### Sample:Items:\<name\>

            | option | values | default | meaning |
            |---|---|---|---|
            | `Address` | text |  | Where it is. |
            | `Size` | 1 to 9 | `5` | How large it is. |

            """;
        var catalog = new OptionCatalog().Add<SampleOptions>(SampleOptions.Section).AddNamed<SampleItemOptions>(SampleItemOptions.Section);
        Assert.Equal(Expected, catalog.ToMarkdown());
        Assert.Equal(Expected, catalog.ToMarkdown());
    }

    [Fact]
    public void OptionNeedsADescription() =>
        Assert.Contains($"{nameof(Undescribed)}.{nameof(Undescribed.Secret)}", Assert.Throws<InvalidOperationException>(() => new OptionCatalog().Add<Undescribed>("X")).Message, StringComparison.Ordinal);

    private static IReadOnlyList<string> Check(params SettingsLayer[] layers) => [.. SampleProgram.Catalog().Check(layers).Select(f => f.Message)];

    private static SettingsLayer Json(string text)
    {
        var file = new JsonText(text);
        file.Load();
        return new("some.json", SettingsKind.File, file.Settings);
    }

    private static SettingsLayer Environment(params (string Key, string Value)[] variables) => new("the environment", SettingsKind.Environment, Settings(variables));

    private static SettingsLayer CommandLine(params (string Key, string Value)[] settings) => new("the command line", SettingsKind.CommandLine, Settings(settings));

    private static Dictionary<string, string?> Settings((string Key, string Value)[] settings) => settings.ToDictionary(s => s.Key, s => (string?)s.Value, StringComparer.OrdinalIgnoreCase);

    private sealed class JsonText(string text) : JsonStreamConfigurationProvider(new JsonStreamConfigurationSource { Stream = new MemoryStream(Encoding.UTF8.GetBytes(text)) })
    {
        public IReadOnlyDictionary<string, string?> Settings => Data.AsReadOnly();
    }

    private sealed class Undescribed
    {
        public string Secret { get; set; } = "";
    }
}
