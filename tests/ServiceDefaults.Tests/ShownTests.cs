using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class ShownTests
{
    [Theory]
    [InlineData("plain, with ümlauts and 日本", "plain, with ümlauts and 日本")]
    [InlineData("\u001b[31mred", @"\u001b[31mred")]
    [InlineData("a\r\nb\tc", @"a\r\nb\tc")]
    [InlineData("\0\u007f\u009b31m", @"\u0000\u007f\u009b31m")]
    [InlineData("a\u2028b\u202ec\u2066", @"a\u2028b\u202ec\u2066")]
    public void TextSteersNoTerminal(string text, string shown) => Assert.Equal(shown, Shown.Text(text));

    [Fact]
    public void TextWithNothingToHideIsNotCopied()
    {
        var text = new string('x', 10);
        Assert.Same(text, Shown.Text(text));
    }

    /// <summary>Whoever reads a connection string of a store knows its passwords from then on.</summary>
    [Fact]
    public void PasswordOfAConnectionStringThatWasReadIsNotShown()
    {
        Assert.True(RedisSettings.TryParse("127.0.0.1,user=echo,password=Shown-Redis-1", out _));
        Assert.True(PostgresSettings.TryParse("Host=127.0.0.1;Password='Shown;''Postgres''';SSL Password=Shown-Key-1", out _));
        Assert.Equal(
            @"\u001b*** *** *** ***\n",
            Shown.Text("\u001bShown-Redis-1 Shown;'Postgres' Shown;''Postgres'' Shown-Key-1\n"));
        Assert.Equal("'***'", Shown.Value("Shown-Redis-1"));
        Assert.Equal("{\"a\":\"***\"}\n", Shown.Masked("{\"a\":\"Shown-Redis-1\"}\n"));
    }

    [Theory]
    [InlineData("127.0.0.1:7000", "'127.0.0.1:7000'")]
    [InlineData("/srv/app@1/key", "'/srv/app@1/key'")]
    [InlineData("a\nb", @"'a\nb'")]
    [InlineData(null, "''")]
    [InlineData("redis://u:hidden@127.0.0.1:6379", "'***'")]
    [InlineData("u:hidden@127.0.0.1", "'***'")]
    [InlineData("127.0.0.1:6379,password=hidden", "'***'")]
    [InlineData("Host=a;PASSWORD = hidden;Database=b", "'***'")]
    [InlineData("Host=a;Pwd=hidden", "'***'")]
    public void ValueIsNotShown_WhenItLooksLikeOneWithAPassword(string? value, string shown) => Assert.Equal(shown, Shown.Value(value));
}
