using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.Silo;

namespace OrleansEcho.Architecture.Tests;

public sealed class ConfigurationDocumentationTests
{
    private const string Heading = "## Options\n\n";

    [Fact]
    public void ConfigurationPageListsEveryOption_WithItsRangeAndItsDefault()
    {
        var path = Repository.PathOf("docs", "configuration.md");
        var page = File.ReadAllText(path);
        var handwritten = page[..(page.IndexOf(Heading, StringComparison.Ordinal) + Heading.Length)];
        var expected = handwritten + new OptionCatalog().AddGateway().AddTcp().AddCluster().AddSilo().Add<ManagementOptions>(ManagementOptions.Section).ToMarkdown();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1") File.WriteAllText(path, expected);
        Assert.True(
            File.ReadAllText(path) == expected,
            "docs/configuration.md differs from the options in the code; make it anew with UPDATE_DOCS=1 dotnet run -c Release --project tests/Architecture.Tests");
    }
}
