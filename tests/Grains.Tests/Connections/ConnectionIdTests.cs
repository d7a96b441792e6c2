using System.Text.RegularExpressions;
using CsCheck;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

public sealed partial class ConnectionIdTests
{
    private const string Run = "k7f3qz9d2m4x";

    [Theory]
    [InlineData(1, "k7f3qz9d2m4x-1")]
    [InlineData(1234567, "k7f3qz9d2m4x-1234567")]
    [InlineData(long.MaxValue, "k7f3qz9d2m4x-9223372036854775807")]
    public void IdIsReadBackAsItWasCreated(long number, string text)
    {
        var id = ConnectionId.Create(Run, number);

        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
        Assert.True(ConnectionId.TryParse(text, out var parsed));
        Assert.Equal(id, parsed);
    }

    [Fact]
    public void RunIsTwelveUnambiguousCharacters()
    {
        for (var i = 0; i < 100; i++)
        {
            var run = ConnectionId.NewRun();
            Assert.Matches(RunFormat(), run);
            Assert.Equal(run + "-1", ConnectionId.Create(run, 1).Value);
        }
    }

    // 60 random bits: 10,000 runs collide once in some 20 billion test runs.
    [Fact]
    public void RunsDiffer()
    {
        var runs = Enumerable.Range(0, 10_000).Select(_ => ConnectionId.NewRun()).ToHashSet();
        Assert.Equal(10_000, runs.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("k7f3qz9d2m4x")]
    [InlineData("k7f3qz9d2m4x-")]
    [InlineData("k7f3qz9d2m4x-0")]
    [InlineData("k7f3qz9d2m4x-01")]
    [InlineData("k7f3qz9d2m4x--1")]
    [InlineData("k7f3qz9d2m4x-+1")]
    [InlineData("k7f3qz9d2m4x-1 ")]
    [InlineData(" k7f3qz9d2m4x-1")]
    [InlineData("k7f3qz9d2m4x-1\n")]
    [InlineData("k7f3qz9d2m4x-1,000")]
    [InlineData("k7f3qz9d2m4x-0x1")]
    [InlineData("k7f3qz9d2m4x-9223372036854775808")]
    [InlineData("K7F3QZ9D2M4X-1")]
    [InlineData("i7f3qz9d2m4x-1")]
    [InlineData("k7f3qz9d2m4-1")]
    [InlineData("k7f3qz9d2m4xx-1")]
    [InlineData("k7f3qz9d2m4x-\u0661")]
    [InlineData("k7f3qz9d2m4\u00df-1")]
    [InlineData("k7f3qz9d2m4x\u20111")]
    public void TextIsRefused_WhenItNamesNoConnection(string? text)
    {
        Assert.False(ConnectionId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void AnyTextGetsAnAnswer()
    {
        var nearlyRight = Gen.Select(Gen.Char["0k-iu\u0661"].Array[10, 13], Gen.Char["0189-+ k\u0661"].Array[0, 22], (run, number) => $"{new string(run)}-{new string(number)}");
        Gen.OneOf(Gen.String, nearlyRight).Sample(
            text =>
            {
                if (ConnectionId.TryParse(text, out var id)) Assert.Equal(text, id.Value);
                else Assert.Equal(default, id);
            },
            iter: 50_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void CreatingFails_WhenTheNumberIsNotPositive(long number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ConnectionId.Create(Run, number));

    [Theory]
    [InlineData("")]
    [InlineData("gateway-a")]
    [InlineData("k7f3qz9d2m4x-1")]
    [InlineData("k7f3qz9d2m4L")]
    public void CreatingFails_WhenTheRunIsNone(string run) => Assert.Throws<ArgumentException>(() => ConnectionId.Create(run, 1));

    [Fact]
    public void DefaultNamesNothing()
    {
        Assert.Null(default(ConnectionId).Value);
        Assert.Equal("(none)", default(ConnectionId).ToString());
    }

    [GeneratedRegex("^[0-9abcdefghjkmnpqrstvwxyz]{12}$")]
    private static partial Regex RunFormat();
}
