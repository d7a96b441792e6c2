using System.Text.RegularExpressions;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests;

/// <summary>docs/client.md names what there is.</summary>
public sealed partial class ClientDocumentationTests
{
    private static readonly string Document = Repository.Read("docs", "client.md");

    [Fact]
    public async Task InstrumentsAreTheDocumentedOnes()
    {
        var found = new HashSet<string>();
        await using var rig = new PoolRig().With(PoolRig.A);
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == rig) found.Add($"| `{instrument.Name}` | `{instrument.Unit}` |");
        };
        listener.Start();
        _ = rig.Now;
        Assert.Equal(
            found.Order(StringComparer.Ordinal), InstrumentRow().Matches(Document).Select(row => row.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryExceptionIsDocumented() => Assert.All(
        typeof(EchoException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))),
        type => Assert.Contains($"`{type.Name}`", Document, StringComparison.Ordinal));

    [Fact]
    public void EveryCauseIsDocumented() =>
        Assert.All(Enum.GetNames<CloseCause>(), cause => Assert.Contains($"`{cause}`", Document, StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `echo\.[a-z._]+` \| `[a-z{}]+` \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();
}
