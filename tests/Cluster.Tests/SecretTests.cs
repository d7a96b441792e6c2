using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>No password reaches a terminal or a log: whatever is wrong with a store or its settings, whichever way they were set, at every level of the log.</summary>
public sealed class SecretTests : ProcessTest
{
    /// <summary>Stands for every password: what a program writes is searched for it.</summary>
    private const string Secret = "hunter2";

    private static readonly string[] Loud = ["--Logging:LogLevel:Default=Trace", "--log-level", "trace", "--Gateway:Listeners:line:Address=127.0.0.1:0"];

    public static TheoryData<string, Way> Refused
    {
        get
        {
            var cases = new TheoryData<string, Way>();
            foreach (var way in Enum.GetValues<Way>())
            {
                foreach (var program in (string[])["Silo", "Gateway", "Standalone"]) cases.Add(program, way);
            }

            return cases;
        }
    }

    /// <summary>Every option is set to something with a password in it: the two of stores, and those that take an address, a number or a word.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    public async Task PasswordIsNotShown_WhenTheConfigurationIsRefused(string program, Way way)
    {
        var url = $"redis://u:{Secret}@127.0.0.1:6379";
        var settings = new Dictionary<string, string>
        {
            ["Management:Address"] = url,
            ["Cluster:Conection"] = url,
        };
        if (program is not "Silo")
        {
            foreach (var key in (string[])["Gateway:MaxConnections", "Gateway:Listeners:line:Address", "Gateway:Listeners:line:Framing", "Quota:Policy"]) settings[key] = url;
        }

        if (program is not "Gateway")
        {
            (settings["Storage:Provider"], settings["Storage:ConnectionString"], settings["Silo:Address"], settings["Storage:Folder"]) = ("postgresql", $"postgres://u:{Secret}@127.0.0.1/e", url, url);
        }

        (settings["Cluster:Membership"], settings["Cluster:ConnectionString"]) = ("redis", url);
        if (program is "Gateway") settings["Backend:Silos"] = url;
        var process = Start(program, way, settings);
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Contains(process.Output.Errors, e => e.StartsWith("error: Cluster:ConnectionString: is a URL", StringComparison.Ordinal));
        AssertNoSecret(process);
    }

    [Fact]
    public async Task PasswordIsNotShown_WhenTheCommandLineContradictsItself()
    {
        var process = Start(
            EchoExecutable.Silo,
            [
                $"--Cluster:ConnectionString=a,password={Secret}", $"--Cluster:ConnectionString=b,password={Secret}2", $"--Cluster:Nothing={Secret}", $"--Cluster:Nothing={Secret}2",
                $"--connection-string={Secret}", "--password", Secret, $"a,password={Secret}",
            ]);
        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Contains("error: Cluster:ConnectionString is set twice on the command line, to different values.", process.Output.Errors);
        AssertNoSecret(process);
    }

    public static TheoryData<string, string, Way, string> Away => new()
    {
        // The program, what it keeps in which store, the way in which that is set, and what it says of the store that is none.
        { "Silo", "Cluster:Membership=redis", Way.CommandLine, "Waiting for Redis at 127.0.0.1:" },
        { "Silo", "Cluster:Membership=adonet", Way.Environment, "Waiting for PostgreSQL at 127.0.0.1:" },
        { "Silo", "Storage:Provider=redis", Way.File, "Redis at 127.0.0.1:" },
        { "Silo", "Storage:Provider=postgresql", Way.CommandLine, "Waiting for PostgreSQL at 127.0.0.1:" },
        { "Gateway", "Cluster:Membership=redis", Way.Environment, "Redis at 127.0.0.1:" },
        { "Gateway", "Cluster:Membership=adonet", Way.File, "PostgreSQL at 127.0.0.1:" },
    };

    /// <summary>First nobody is there, then somebody who is no store and hangs up in the middle of a word.</summary>
    [Theory]
    [MemberData(nameof(Away))]
    public async Task PasswordIsNotShown_WhenTheStoreIsAway(string program, string store, Way way, string line)
    {
        var port = FreePorts.Next();
        var section = store.Split(':')[0];
        var settings = new Dictionary<string, string>
        {
            [store.Split('=')[0]] = store.Split('=')[1],
            [$"{section}:ConnectionString"] = store.EndsWith("redis", StringComparison.Ordinal) ? $"127.0.0.1:{port},user=echo,password={Secret}" : $"Host=127.0.0.1;Port={port};Username=echo;Password={Secret}",
        };
        if (program is "Silo") (settings["Silo:Port"], settings["Silo:GatewayPort"]) = ($"{FreePorts.Next()}", $"{FreePorts.Next()}");
        var process = Start(program, way, settings);
        await process.Output.WaitForAsync(line);
        await TalkNonsenseAsync(port);
        process.Send(Signal.Terminate);
        await process.WaitForExitAsync();
        AssertNoSecret(process);
    }

    [Fact]
    public async Task PasswordIsNotShown_WhenTheStoreRefusesIt()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        await redis.ExecuteAsync("CONFIG SET requirepass another");
        foreach (var program in (string[])["Silo", "Gateway"])
        {
            var settings = new Dictionary<string, string> { ["Cluster:Membership"] = "redis", ["Cluster:ConnectionString"] = $"{redis.ConnectionString},password={Secret}" };
            var process = Start(program, Way.Environment, settings);
            await process.Output.WaitForAsync("it does not accept the user or the password");
            process.Send(Signal.Terminate);
            await process.WaitForExitAsync();
            AssertNoSecret(process);
        }
    }

    [Theory]
    [InlineData("redis", $"redis://u:{Secret}@127.0.0.1:6379")]
    [InlineData("adonet", $"Host=u:{Secret}@127.0.0.1")]
    public async Task PasswordIsNotShown_WhenTheLoadTesterIsGivenIt(string membership, string connection)
    {
        var environment = new Dictionary<string, string> { ["Cluster__Membership"] = membership, ["Cluster__ConnectionString"] = connection };
        var process = Start(EchoExecutable.LoadTest, ["worker", "--session", "any"], environment);
        Assert.NotEqual(0, await process.WaitForExitAsync());
        Assert.Contains(process.Output.Lines, l => l.Contains("Cluster:ConnectionString: is ", StringComparison.Ordinal));
        AssertNoSecret(process);
    }

    /// <summary>How somebody sets options.</summary>
    public enum Way
    {
        /// <summary>As flags.</summary>
        CommandLine,

        /// <summary>As variables.</summary>
        Environment,

        /// <summary>As appsettings.json.</summary>
        File,
    }

    private static void AssertNoSecret(EchoProcess process) => Assert.DoesNotContain(process.Output.Lines, l => l.Contains(Secret, StringComparison.OrdinalIgnoreCase));

    private static async Task TalkNonsenseAsync(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        for (var i = 0; i < 2; i++)
        {
            using var client = await listener.AcceptTcpClientAsync(Cancelled).AsTask().WithinAsync("a program to connect to its store");
            await client.GetStream().WriteAsync("HTTP/1.1 400 Ba"u8.ToArray(), Cancelled);
        }
    }

    private EchoProcess Start(string program, Way way, Dictionary<string, string> settings)
    {
        var executable = program switch { "Silo" => EchoExecutable.Silo, "Gateway" => EchoExecutable.Gateway, _ => EchoExecutable.Standalone };
        if (!settings.ContainsKey("Management:Address")) settings["Management:Address"] = "127.0.0.1:0";
        string[] loud = [.. program is "Silo" || settings.ContainsKey("Gateway:Listeners:line:Address") ? Loud[..^1] : Loud];
        return way switch
        {
            Way.CommandLine => Start(executable, [.. loud, .. settings.Select(s => $"--{s.Key}={s.Value}")]),
            Way.Environment => Start(executable, loud, settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value)),
            _ => Start(executable, loud, settings: JsonSerializer.Serialize(settings)), // a key with colons in it is a path, in a file too
        };
    }
}
