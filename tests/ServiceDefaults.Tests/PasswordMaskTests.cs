namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class PasswordMaskTests
{
    [Theory]
    [InlineData("correct-horse", "ERR unknown command 'AUTH', with args: 'correct-horse' ", "ERR unknown command 'AUTH', with args: '***' ")]
    [InlineData("correct-horse", "correct-horse", "***")]
    [InlineData("correct-horse", "xcorrect-horsecorrect-horsex", "x******x")]
    [InlineData("correct-horse", "correct-hors correct-horsf", "correct-hors correct-horsf")]
    [InlineData("correct-horse", "Correct-Horse", "Correct-Horse")]
    [InlineData("12345678", "x12345678x", "x***x")]
    public void PasswordOfEightCharactersIsNotShownAnywhere(string password, string text, string shown) => Assert.Equal(shown, Mask(password).Apply(text));

    [Theory]
    [InlineData("echo", "user echo, password 'echo'", "user ***, password '***'")]
    [InlineData("echo", "OrleansEcho echoes echo_1 1echo éecho", "OrleansEcho echoes echo_1 1echo éecho")]
    [InlineData("echo", "echo", "***")]
    [InlineData("1234567", "127.0.0.1:1234567", "127.0.0.1:***")]
    [InlineData("1234567", "x1234567 1234567", "x1234567 ***")]
    [InlineData("!", "Halt! It is hot!", "Halt! It is hot!")]
    [InlineData("!", "Stop ! now", "Stop *** now")]
    public void ShorterOneIsNotShownAsAWord(string password, string text, string shown) => Assert.Equal(shown, Mask(password).Apply(text));

    [Theory]
    [InlineData("p@ss/wörd'\"", "redis://u:p%40ss%2Fw%C3%B6rd%27%22@host")]
    [InlineData("p@ss/wörd'\"", "redis://u:p%40ss%2fw%c3%b6rd%27%22@host")]
    [InlineData("it's a secret", "Password='it''s a secret';")]
    [InlineData("a \"secret\"", "Password=\"a \"\"secret\"\"\";")]
    [InlineData(@"back\sla'sh", @"AUTH 'back\\sla\'sh'")]
    [InlineData("back\\sla\"sh", "AUTH \"back\\\\sla\\\"sh\"")]
    [InlineData("a<b>c&d+e", @"{""p"":""a\u003Cb\u003Ec\u0026d\u002Be""}")]
    [InlineData("line\nbreak", @"{""p"":""line\nbreak""}")]
    public void NeitherIsOneThatIsEscaped(string password, string text)
    {
        var shown = Mask(password).Apply(text);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(password[..4], shown, StringComparison.Ordinal);
        Assert.DoesNotContain(password[^4..], shown, StringComparison.Ordinal);
    }

    /// <summary>Redis cuts the arguments that it repeats at 128 characters.</summary>
    [Theory]
    [InlineData("0123456789abcdefghij", "0123456789abcdef...", "***...")]
    [InlineData("0123456789abcdefghij", "0123456789abcdefghi", "***")]
    [InlineData("0123456789abcdefghij", "0123456789abcdefghijk", "***k")]
    [InlineData("0123456789abcdefghij", "0123456789abcde", "0123456789abcde")]
    public void LongOneIsNotShown_WhenItHasBeenCut(string password, string text, string shown) => Assert.Equal(shown, Mask(password).Apply(text));

    [Fact]
    public void OfSeveralTheLongestIsMasked() =>
        Assert.Equal("***, *** and ***", Mask("password", "password-of-silos", "two").Apply("password-of-silos, password and two"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void NoPasswordIsNone(string? password) => Assert.Same(PasswordMask.None, PasswordMask.None.With(password));

    [Fact]
    public void NothingIsAllocated_WhenNothingIsMasked()
    {
        var mask = Mask("correct-horse", "echo");
        Assert.Same(mask, mask.With("echo"));
        var text = "OrleansEcho accepts on 127.0.0.1:7000, and echoes correct-hors";
        Assert.Same(text, mask.Apply(text));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) mask.Apply(text);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static PasswordMask Mask(params string[] passwords) => passwords.Aggregate(PasswordMask.None, (mask, password) => mask.With(password));
}
