using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Tests.Gateways;

public sealed class GatewayChoiceTests
{
    [Fact]
    public void RoundRobinTakesTurns() => Assert.Equal("ABCABC", Choose(GatewayChoice.RoundRobin, 6, static _ => { }));

    [Fact]
    public void LeastOutstandingEvensOut_AndEqualsTakeTurns()
    {
        Assert.Equal("ABCABC", Choose(GatewayChoice.LeastOutstanding, 6, static gateway => gateway.Leased++));
        Assert.Equal("ABC", Choose(GatewayChoice.LeastOutstanding, 3, static _ => { }));
    }

    [Theory]
    [InlineData(GatewayChoice.LeastOutstanding)]
    [InlineData(GatewayChoice.PowerOfTwoChoices)]
    public void RequestsCountMoreThanConnections(GatewayChoice choice)
    {
        var set = Make(choice);
        (set.All[0].Leased, set.All[1].Leased) = (5, 1);
        set.All[1].Requests.Add(1);
        set.All[2].Requests.Add(2);
        var chosen = Enumerable.Range(0, 100).Select(_ => set.Choose(static (_, _) => true, 0)).ToHashSet();
        if (choice is GatewayChoice.LeastOutstanding) Assert.Equal([set.All[0]], chosen);
        Assert.DoesNotContain(set.All[2], chosen);
    }

    [Fact]
    public void BetterOfTwoIsNearlyEven_AndNeverTheFullest()
    {
        var chosen = Choose(GatewayChoice.PowerOfTwoChoices, 300, static gateway => gateway.Leased++);
        Assert.All("ABC", name => Assert.InRange(chosen.Count(letter => letter == name), 95, 105));
        Assert.DoesNotContain('A', Choose(GatewayChoice.PowerOfTwoChoices, 300, static _ => { }, busy: 1)); // two of three are better than it, and it is always among two
    }

    [Fact]
    public void EjectionsGrowAndVary_UpToTheLongest()
    {
        var set = Make(GatewayChoice.RoundRobin);
        var gateway = set.All[0];
        var waits = Enumerable.Range(0, 40).Select(i => set.Failed(gateway, TimeSpan.FromTicks(i), TimeSpan.FromTicks(i), new IOException("x"))!.Value.TotalMilliseconds).ToArray();
        for (var i = 0; i < waits.Length; i++)
        {
            var longest = Math.Min(500 * Math.Pow(2, i), 30_000);
            Assert.InRange(waits[i], longest / 2, longest);
        }

        Assert.True(waits[10..].Distinct().Count() > 20);
        var until = gateway.Ejection.Until;
        Assert.False(gateway.IsAvailable(until - TimeSpan.FromTicks(1)));
        Assert.True(gateway.IsAvailable(until));
        gateway.Opening = 1;
        Assert.False(gateway.IsAvailable(until)); // one probe at a time
        set.Succeeded(gateway);
        Assert.True(gateway.IsAvailable(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("echo.example:7001", "echo.example")]
    [InlineData("10.0.0.1:7001", "10.0.0.1")]
    [InlineData("[::1]:7001", "::1")]
    [InlineData("unix:/tmp/echo.sock", "localhost")]
    public void AddressIsRead(string text, string host)
    {
        Assert.True(GatewayAddress.TryParse(text, out var address, out _));
        Assert.Equal((text, host), (address.Text, address.Host));
    }

    private static string Choose(GatewayChoice choice, int times, Action<Gateway> chosen, int busy = 0)
    {
        var set = Make(choice);
        set.All[0].Leased = busy;
        var names = "";
        for (var i = 0; i < times; i++)
        {
            var gateway = set.Choose(static (_, _) => true, 0)!;
            chosen(gateway);
            names += (char)('A' + set.All.ToList().IndexOf(gateway));
        }

        return names;
    }

    private static GatewaySet Make(GatewayChoice choice) => new(
        new[] { "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1" }.Select(text => GatewayAddress.TryParse(text, out var address, out _) ? address : null!),
        choice,
        TimeSpan.FromMilliseconds(500),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(30),
        new Random(1));
}
