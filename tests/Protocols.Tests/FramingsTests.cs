namespace OrleansEcho.Protocols.Tests;

public sealed class FramingsTests
{
    [Fact]
    public void NamesAreTheOnesOfTheConfiguration() => Assert.Equal(["line", "length-prefixed", "raw"], Framings.Names);

    [Fact]
    public void EveryNameFindsItsCodec()
    {
        foreach (var name in Framings.Names)
        {
            Assert.True(Framings.TryGet(name, out var codec));
            Assert.Equal(name, codec.Name);
        }
    }

    [Fact]
    public void PropertiesAreTheCodecsOfTheirNames()
    {
        Assert.Equal("line", Framings.Line.Name);
        Assert.Equal("length-prefixed", Framings.LengthPrefixed.Name);
        Assert.Equal("raw", Framings.Raw.Name);
    }

    [Fact]
    public void NameIsFoundInAnyCase()
    {
        Assert.True(Framings.TryGet("Length-Prefixed", out var codec));
        Assert.Same(Framings.LengthPrefixed, codec);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lines")]
    [InlineData(" raw")]
    public void NothingIsFound_WhenNoFramingHasTheName(string name)
    {
        Assert.False(Framings.TryGet(name, out var codec));
        Assert.Null(codec);
    }
}
