using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.Gateway.Tests.Hosting;

public sealed class GatewayProgramTests
{
    [Theory]
    [InlineData("line=127.0.0.1:7100", "line/line/127.0.0.1:7100")]
    [InlineData("chat:line=*:7100", "chat/line/*:7100")]
    [InlineData("raw=unix:/tmp/a=b.sock", "raw/raw/unix:/tmp/a=b.sock")]
    [InlineData("length-prefixed=[::1]:7100", "length-prefixed/length-prefixed/[::1]:7100")]
    [InlineData("line=127.0.0.1:1 raw=127.0.0.1:2 line=127.0.0.1:3 line=127.0.0.1:4", "line/line/127.0.0.1:1 line-2/line/127.0.0.1:3 line-3/line/127.0.0.1:4 raw/raw/127.0.0.1:2")]
    public async Task ListenReplacesTheDefaultListeners(string values, string listeners)
    {
        var (settings, error) = await StartAsync([.. values.Split(' ').SelectMany(v => (string[])["--listen", v])]);

        Assert.Equal(listeners, string.Join(' ', Listeners(settings)));
        Assert.Empty(error);
    }

    [Fact]
    public async Task WithoutFlagsTheDefaultListenersStand()
    {
        var (settings, _) = await StartAsync();

        Assert.Equal(["length-prefixed/length-prefixed/127.0.0.1:7001", "line/line/127.0.0.1:7000", "raw/raw/127.0.0.1:7007"], Listeners(settings));
    }

    [Theory]
    [InlineData("line", "is not of the form [NAME:]FRAMING=ADDRESS")]
    [InlineData("=127.0.0.1:7000", "is not of the form [NAME:]FRAMING=ADDRESS")]
    [InlineData(":line=127.0.0.1:7000", "has an empty name before its colon")]
    [InlineData("morse=127.0.0.1:7000", "names no framing; the framings are line, length-prefixed, raw")]
    [InlineData("a:b:line=127.0.0.1:7000", "names no framing")]
    [InlineData("line=nowhere", "has no address to listen on: it needs a port")]
    public async Task AWrongListenIsOneLineForAPerson(string value, string words)
    {
        var (_, error) = await StartAsync("--listen", value);

        var fault = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith($"error: --listen: '{value}' {words}", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoListenersOfOneNameAreAFault()
    {
        var (_, error) = await StartAsync("--listen", "a:line=127.0.0.1:1", "--listen", "A:raw=127.0.0.1:2");

        Assert.Contains("error: --listen: 'A:raw=127.0.0.1:2' is the second listener named 'A'.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LINE=127.0.0.1:7100")]
    [InlineData("chat:Raw=127.0.0.1:7100")]
    public async Task AFramingInAnotherCaseIsTakenAsItIsSpelled(string value)
    {
        var (settings, error) = await StartAsync("--listen", value);

        Assert.Empty(error);
        Assert.Matches("^(line|chat)/(line|raw)/127.0.0.1:7100$", Assert.Single(Listeners(settings)));
    }

    [Fact]
    public void TheHostWaitsForTheWholeDrain()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Gateway:DrainWaitSeconds"] = "100", ["Gateway:DrainTimeoutSeconds"] = "20", ["Gateway:MaxConnections"] = "1" });
        builder.AddEmbeddedGateway().AddTcp();
        using var services = builder.Services.BuildServiceProvider();

        Assert.InRange(services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout, TimeSpan.FromSeconds(121), TimeSpan.FromSeconds(180));
    }

    private static IEnumerable<string> Listeners(IConfiguration? settings) => settings!.GetSection(TcpListenerOptions.Section).GetChildren()
        .OrderBy(l => l.Key, StringComparer.Ordinal)
        .Select(l => $"{l.Key}/{l["Framing"]}/{l["Address"]}");

    /// <summary>Starts the program up to where its services would be built; nothing is bound.</summary>
    private static async Task<(IConfiguration? Settings, string Error)> StartAsync(params string[] args)
    {
        var options = new OptionCatalog().AddGateway().AddTcp().Add<ManagementOptions>(ManagementOptions.Section);
        var program = new ProgramDescription
        {
            Name = "test",
            Summary = "is started by a test.",
            Options = options,
            Flags = [TcpCommandLine.ListenFlag, GatewayProgram.MaxConnectionsFlag(options)],
            Defaults = TcpCommandLine.DefaultListeners,
        };
        IConfiguration? settings = null;
        using var error = new StringWriter();
        using var output = new StringWriter();
        await EchoProgram.RunAsync(
            args,
            program,
            builder =>
            {
                settings = builder.Configuration;
                builder.Services.AddOptions<GatewayOptions>().Validate(_ => false, "stop here").ValidateOnStart();
            },
            output,
            error);
        var lines = error.ToString().Split('\n').Where(l => l.Length > 0 && !l.Contains("stop here", StringComparison.Ordinal) && !l.Contains("cannot start:", StringComparison.Ordinal));
        return (settings, string.Join('\n', lines));
    }
}
