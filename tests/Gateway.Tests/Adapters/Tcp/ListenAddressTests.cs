using System.Net;
using System.Net.Sockets;
using CsCheck;
using OrleansEcho.Gateway.Adapters.Tcp;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7000", "127.0.0.1:7000")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("localhost:65535", "127.0.0.1:65535")]
    [InlineData("[::1]:7000", "[::1]:7000")]
    [InlineData("[::]:7000", "*:7000")]
    [InlineData("*:7000", "*:7000")]
    [InlineData("unix:/run/echo.sock", "unix:/run/echo.sock")]
    [InlineData("unix:relative:with:colons", "unix:relative:with:colons")]
    public void AnAddressIsReadAndWrittenAsItIsReadAgain(string text, string written)
    {
        var endPoint = Parse(text);

        Assert.Equal(written, ListenAddress.Format(endPoint));
        Assert.Equal(endPoint, Parse(written));
    }

    [Theory]
    [InlineData("", "port")]
    [InlineData("127.0.0.1", "port")]
    [InlineData("127.0.0.1:", "port")]
    [InlineData("127.0.0.1:65536", "port")]
    [InlineData("127.0.0.1:-1", "port")]
    [InlineData("127.0.0.1:+1", "port")]
    [InlineData("127.0.0.1: 1", "port")]
    [InlineData("127.0.0.1:99999999999999999999", "port")]
    [InlineData(":7000", "'' is not")]
    [InlineData("example.com:7000", "'example.com' is not")]
    [InlineData("LOCALHOST:7000", "'LOCALHOST' is not")]
    [InlineData("::1:7000", "brackets")]
    [InlineData("[127.0.0.1]:7000", "'[127.0.0.1]' is not")]
    [InlineData("[::1:7000", "brackets")]
    [InlineData("unix:", "path")]
    [InlineData("unix:a\0b", "path")]
    public void AFaultSaysWhatIsWrong(string text, string words)
    {
        Assert.False(ListenAddress.TryParse(text, out var endPoint, out var fault));
        Assert.Null(endPoint);
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void APathMayBeAsLongAsTheKernelTakes()
    {
        Assert.IsType<UnixDomainSocketEndPoint>(Parse("unix:" + new string('p', 107)));
        Assert.False(ListenAddress.TryParse("unix:" + new string('p', 108), out _, out _));
        Assert.False(ListenAddress.TryParse("unix:" + new string('ä', 54), out _, out _)); // bytes count, not characters
    }

    [Fact]
    public void NoTextThrowsAndWhatIsReadComesBack()
    {
        string[] parts = ["unix:", ":", "[", "]", "::1", "127.0.0.1", "*", "localhost", "7000", "%1", "/", "\0", "\ud800", "0x7f", "1"];
        var piece = Gen.OneOf(Gen.Int[0, parts.Length - 1].Select(i => parts[i]), Gen.String[0, 5]);
        piece.Array[0, 6].Select(string.Concat).Sample(
            text =>
            {
                if (!ListenAddress.TryParse(text, out var endPoint, out var fault))
                {
                    Assert.NotEmpty(fault);
                    return;
                }

                Assert.True(ListenAddress.TryParse(ListenAddress.Format(endPoint), out var again, out fault), fault);
                Assert.Equal(endPoint, again);
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("0.0.0.0:7000", "127.0.0.1:7000")]
    [InlineData("*:7000", "127.0.0.1:7000")]
    [InlineData("127.0.0.2:7000", "127.0.0.2:7000")]
    [InlineData("unix:/run/echo.sock", "unix:/run/echo.sock")]
    public void AnyAddressIsReachedOverTheLoopback(string bound, string reachable)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Assert.Equal(reachable, ListenAddress.Format(ListenAddress.Reachable(Parse(bound))));
    }

    private static EndPoint Parse(string text) => ListenAddress.TryParse(text, out var endPoint, out var fault) ? endPoint : throw new FormatException(fault);
}
