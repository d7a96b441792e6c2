using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Clients go by the reasons of docs/protocols.md: the document and the code have the same, and tell the same ones.</summary>
public sealed partial class ReasonDocumentationTests
{
    private static readonly string Document = Repository.Read("docs", "protocols.md");

    [Fact]
    public void RefusalsAreTheDocumentedOnes() => Assert.Equal(NamesOf<RejectReason>(), Documented("**Refused**"));

    [Fact]
    public void ClosesAreTheDocumentedOnes() =>
        Assert.Equal(NamesOf<CloseReason>(), Documented("**Closed, and told:**").Concat(Documented("**Closed, and not told**")).Order(StringComparer.Ordinal));

    [Fact]
    public void PeersAreToldWhatTheDocumentSays() =>
        Assert.Equal(Enum.GetValues<CloseReason>().Where(IsTold).Select(reason => reason.ToString()).Order(StringComparer.Ordinal), Documented("**Closed, and told:**"));

    private static IEnumerable<string> NamesOf<T>()
        where T : struct, Enum => Enum.GetNames<T>().Order(StringComparer.Ordinal);

    // The first column of the table that follows a heading.
    private static IEnumerable<string> Documented(string heading)
    {
        var start = Document.IndexOf(heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/protocols.md has no '{heading}'.");
        var table = Document[start..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'));
        return table.Select(line => Reason().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
    }

    // The gateway's own texts are internal, and shall stay so.
    private static bool IsTold(CloseReason reason)
    {
        var gateway = typeof(GatewayProgram).Assembly;
        var limits = gateway.GetType("OrleansEcho.Gateway.Connections.ConnectionLimits", throwOnError: true)!;
        var texts = gateway.GetType("OrleansEcho.Gateway.Connections.ReasonTexts", throwOnError: true)!;
        var text = texts.GetMethod("For", BindingFlags.Static | BindingFlags.Public, [typeof(CloseReason), limits])!;
        return text.Invoke(null, [reason, RuntimeHelpers.GetUninitializedObject(limits)]) is not null;
    }

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex Reason();
}
