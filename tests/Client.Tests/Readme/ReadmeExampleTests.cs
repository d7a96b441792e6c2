using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Readme;

public sealed class ReadmeExampleTests
{
    private const string Indentation = "        ";

    [Fact]
    public async Task ExampleWorks()
    {
        await using var server = new EchoServer(Framings.LengthPrefixed, maxMessageBytes: 1024);
        await using var output = new StringWriter { NewLine = "\n" };
        await ReadmeExample.RunAsync([server.Address], output).WithinAsync("the example");
        Assert.Equal("hello\nmessage 1\nmessage 2\nmessage 3\na message has at most 1024 bytes here\n", output.ToString());
    }

    [Fact]
    public void ReadmeHasTheExample()
    {
        var source = RepositoryFiles.Read("tests", "Client.Tests", "Readme", "ReadmeExample.cs");
        var lines = source.Split('\n').SkipWhile(line => !line.EndsWith("// README begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.EndsWith("// README ends", StringComparison.Ordinal))
            .Select(line => line.StartsWith(Indentation, StringComparison.Ordinal) ? line[Indentation.Length..] : line);
        var directives = source.Split('\n').TakeWhile(static line => line.StartsWith("using ", StringComparison.Ordinal));
        Assert.Contains($"```csharp\n{string.Join('\n', directives)}\n\n{string.Join('\n', lines).TrimEnd()}\n```\n", RepositoryFiles.Read("README.md"), StringComparison.Ordinal);
    }
}
