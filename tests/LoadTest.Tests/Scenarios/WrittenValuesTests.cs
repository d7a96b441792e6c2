using CsCheck;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

/// <summary>Durations, sizes and targets as people write them.</summary>
public sealed class WrittenValuesTests
{
    [Fact]
    public void Duration_IsReadAsItIsWritten() => Gen.OneOf(Gen.Long[0, 1000], Gen.Long[0, TimeSpan.TicksPerDay]).Select(t => new TimeSpan(t / 10 * 10)).Where(t => t < TimeSpan.FromSeconds(9))
        .Sample(duration => Durations.TryParse(Durations.Format(duration), out var read) && read == duration);

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2m", 120)]
    [InlineData("24h", 86400)]
    [InlineData("10us", 0.00001)]
    public void Duration_HasAUnit(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        foreach (var wrong in new[] { text[..^1] + "x", "-" + text, " " + text, text + text, "." + text, "1.." + text, "99999999" + text }) Assert.False(Durations.TryParse(wrong, out _), wrong);
    }

    [Fact]
    public void Sizes_AreReadAsTheyAreWritten() =>
        (from a in Gen.Int[22, SizeText.Max] from b in Gen.Int[22, SizeText.Max] from weight in Gen.Int[1, 100_000] select new SizeRange(Math.Min(a, b), Math.Max(a, b), weight / 100.0))
            .List[1, 5].Select(parts => new SizeDistribution(parts.Count > 1 ? parts : [parts[0] with { Weight = 1 }]))
            .Sample(sizes => SizeText.TryParse(sizes.ToString(), out var read, out _) && read.Parts.SequenceEqual(sizes.Parts));

    [Theory]
    [InlineData("", "no size")]
    [InlineData("32,", "no size")]
    [InlineData("32 ", "no size")]
    [InlineData("1e3", "no size")]
    [InlineData("21", "outside 22 to 1048576")]
    [InlineData("32,1048577", "outside 22 to 1048576")]
    [InlineData("32*9,5000-20", "write 20-5000")]
    [InlineData("5000-32", "write 32-5000")]
    [InlineData("32*0,64", "weight of 0")]
    public void WrongSizes_AreToldWhatIsWrong(string text, string fault)
    {
        Assert.False(SizeText.TryParse(text, out _, out var found));
        Assert.Contains(fault, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:7000", null, "127.0.0.1", 7000)]
    [InlineData("length-prefixed=gateway-1.example:65535", "length-prefixed", "gateway-1.example", 65535)]
    [InlineData("raw=[::1]:7007", "raw", "::1", 7007)]
    public void Target_IsFramingHostAndPort(string text, string? framing, string host, int port)
    {
        Assert.True(TargetText.TryParse(text, out var target, out _));
        Assert.Equal(new TargetText(framing, host, port), target);
    }

    [Theory]
    [InlineData("gateway", "has no port")]
    [InlineData("gateway:0", "from 1 to 65535")]
    [InlineData("gateway:65536", "from 1 to 65535")]
    [InlineData("gateway:+70", "from 1 to 65535")]
    [InlineData(":7000", "no host")]
    [InlineData("::1:7000", "[::1]:7000")]
    [InlineData("http://a:80", "no host")]
    [InlineData("lines=a:80", "did you mean line?")]
    public void WrongTargets_AreToldWhatIsWrong(string text, string fault)
    {
        Assert.False(TargetText.TryParse(text, out _, out var found));
        Assert.Contains(fault, found, StringComparison.Ordinal);
    }
}
