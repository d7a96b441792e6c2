using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;
using Readers.Own;

namespace OrleansEcho.Client.Tests.Readme;

/// <summary>The examples of the documents are the code that is run here, letter for letter.</summary>
public sealed class ReadmeExampleTests
{
    private const string Indentation = "        ";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExampleWorks()
    {
        await using var server = new EchoServer(Framings.LengthPrefixed, maxMessageBytes: 1024);
        await using var output = new StringWriter { NewLine = "\n" };
        await ReadmeExample.RunAsync([server.Address], output).WithinAsync("the example");
        Assert.Equal("hello\nmessage 1\nmessage 2\nmessage 3\na message has at most 1024 bytes here\n", output.ToString());
    }

    [Fact]
    public async Task HostExampleWorks()
    {
        await using var server = new EchoServer(Framings.LengthPrefixed);
        await using var app = HostExample.Build(["--urls", "http://127.0.0.1:0", "--Echo:Gateway", server.Address, "--Echo:Orders:Gateways:0", server.Address]);
        await app.StartAsync(Stop);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("hello", await http.GetStringAsync(new Uri("/echo?text=hello", UriKind.Relative), Stop));
        Assert.Equal("an order", await http.GetStringAsync(new Uri("/orders?text=an%20order", UriKind.Relative), Stop));
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), Stop));
        await app.StopAsync(Stop);
    }

    [Theory]
    [InlineData("ReadmeExample.cs", "README", "README.md", "")]
    [InlineData("HostExample.cs", "docs/client.md", "docs/client.md", "\n\nawait app.RunAsync();")]
    public void DocumentHasTheExample(string file, string marker, string document, string end)
    {
        var source = Repository.Read("tests", "Client.Tests", "Readme", file);
        var lines = source.Split('\n').SkipWhile(line => !line.EndsWith($"// {marker} begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.EndsWith($"// {marker} ends", StringComparison.Ordinal))
            .Select(line => line.StartsWith(Indentation, StringComparison.Ordinal) ? line[Indentation.Length..] : line);
        var directives = source.Split('\n').TakeWhile(static line => line.StartsWith("using ", StringComparison.Ordinal));
        Assert.Contains($"```csharp\n{string.Join('\n', directives)}\n\n{string.Join('\n', lines).TrimEnd()}{end}\n```\n", Repository.Read(document.Split('/')), StringComparison.Ordinal);
    }
}
