using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using OrleansEcho.ServiceDefaults.CommandLine;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class HelpTextTests
{
    [Fact]
    public void ListsEveryFlagOptionDefaultAndExitCode()
    {
        var program = SampleProgram.Description();
        var help = HelpText.For(program);
        var words = string.Join(' ', help.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)); // wherever lines were broken
        Assert.Contains($"{program.Name}: {program.Summary}", help, StringComparison.Ordinal);
        foreach (var flag in program.Flags.Concat(CommandLineReader.CommonFlags(program))) Assert.Contains($"  {flag.Name} {flag.Argument}\n", help, StringComparison.Ordinal);
        foreach (var command in program.Commands) Assert.Contains($"  {command.Name}\n      {command.Description}\n", help, StringComparison.Ordinal);
        foreach (var flag in (string[])["--config FILE", "--version", "-h, --help"]) Assert.Contains($"  {flag}\n", help, StringComparison.Ordinal);
        foreach (var option in program.Options.Entries)
        {
            Assert.Contains($"  {option.Key}  ({option.Values}; ", help, StringComparison.Ordinal);
            Assert.Contains(option.Description, words, StringComparison.Ordinal);
        }

        Assert.Contains("Sample:Count  (1 to 100; default 10)", help, StringComparison.Ordinal);
        foreach (var (key, value) in program.Defaults) Assert.Contains($"  {key}={value}\n", help, StringComparison.Ordinal);
        var exitCodes = help[help.IndexOf("\nExit codes:", StringComparison.Ordinal)..];
        foreach (var code in typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $" {code.GetRawConstantValue()} "), exitCodes, StringComparison.Ordinal);
        }
    }

    // A silo has no option Gateway:MaxConnections: an example that the program refuses is worse than none.
    [Fact]
    public void ExampleIsAnOptionOfThisProgram()
    {
        var help = HelpText.For(SampleProgram.Description());
        Assert.Contains("--Sample:Count=10, Sample__Count=10 and {\"Sample\":{\"Count\":\"10\"}} mean the same.", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Gateway", help, StringComparison.Ordinal);
    }

    [Fact]
    public void NoLineIsWiderThanATerminal_WhenOptionsSayMuch()
    {
        var catalog = SampleProgram.Catalog().Add<WordyOptions>("Sample:Wordy");
        var program = new ProgramDescription
        {
            Name = SampleProgram.Name,
            Summary = WordyOptions.Sentence,
            Options = catalog,
            Flags = [Flag.For("--wordy", "WORD", "Sample:Wordy:Word", catalog)],
        };
        var wide = HelpText.For(program).Split('\n').Where(l => l.Length > 120);
        Assert.Empty(wide);
    }

    private sealed class WordyOptions
    {
        public const string Sentence = "Wherever there is one word to say it, this option says it with two, or three, or more, since it was written by a person who is paid by the line.";

        [Description(Sentence)]
        [AllowedValues("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth")]
        public string Word { get; set; } = "first";

        [Description(Sentence)]
        public string Addresses { get; set; } = "127.0.0.1:7000, 127.0.0.1:7001, 127.0.0.1:7002, 127.0.0.1:7003, 127.0.0.1:7004, 127.0.0.1:7005, 127.0.0.1:7006";
    }
}
