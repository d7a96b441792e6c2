using System.Globalization;
using CsCheck;
using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.25, "250 ns")]
    [InlineData(0.9999, "1 µs")]
    [InlineData(1.914, "1.91 µs")]
    [InlineData(820.4, "820 µs")]
    [InlineData(999.6, "1 ms")]
    [InlineData(12_340, "12.3 ms")]
    [InlineData(999_600, "1 s")]
    [InlineData(10_000_000, "10 s")]
    [InlineData(150_000_000, "2 min 30 s")]
    public void TimesHaveThreeDigits(double microseconds, string expected) => Assert.Equal(expected, Quantity.Time(microseconds));

    [Theory]
    [InlineData(999.7, "1k")]
    [InlineData(74_712, "74.7k")]
    [InlineData(999_700, "1M")]
    [InlineData(1_123_456, "1.12M")]
    [InlineData(0, "0")]
    public void ShortCountsHaveThreeDigits(double count, string expected) => Assert.Equal(expected, Quantity.Short(count));

    [Theory]
    [InlineData(0.1234, "+12.3 %")]
    [InlineData(-0.04, "−4 %")]
    [InlineData(0, "0 %")]
    public void ChangesHaveTheirSign(double share, string expected) => Assert.Equal(expected, Quantity.Change(share));

    [Fact]
    public void OtherQuantities() => Assert.Equal(
        ["1 min 5 s", "2 h 5 min", "1,023 B", "1.5 KiB", "24 GiB", "0.02 %", "1 error", "2 errors", "99.99", "1e-5"],
        [
            Quantity.Duration(65), Quantity.Duration(7500), Quantity.Bytes(1023), Quantity.Bytes(1536), Quantity.Bytes(24.0 * (1L << 30)), Quantity.Percent(0.0002),
            Quantity.Of(1, "error"), Quantity.Of(2, "error"), Quantity.Nines(99.99), Quantity.Digits(0.00001),
        ]);

    // What is shown is what was measured, to half a percent.
    [Fact]
    public void TimesAreWhatTheySay() => Gen.Double[-1, 7.9].Select(e => Math.Pow(10, e)).Sample(microseconds =>
    {
        var parts = Quantity.Time(microseconds).Split(' ');
        var unit = parts[1] switch { "ns" => 0.001, "µs" => 1.0, "ms" => 1000, _ => 1e6 };
        Assert.Equal(1, double.Parse(parts[0], CultureInfo.InvariantCulture) * unit / microseconds, 0.0051);
    });
}
