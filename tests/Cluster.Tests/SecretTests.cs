using System.Net;
using System.Text.Json;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>No password reaches a terminal or a log: whatever is wrong with a store or its settings, whichever way they were set, at every level of the log.</summary>
public sealed class SecretTests : ProcessTest
{
    /// <summary>Stands for every password: what a program writes is searched for it.</summary>
    private const string Secret = "hunter2";

    /// <summary>The password that stores are told, or both of its ends: it occurs nowhere by chance.</summary>
    private const string Marker = "Zq7Marked1";

    /// <summary>One with what connection strings, URLs and JSON write in another way.</summary>
    private const string Quoted = $"{Marker}%40'\"={Marker}";

    private const string User = "marked";

    // Many start at the same time.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    private static readonly string[] Loud = ["--Logging:LogLevel:Default=Trace", "--log-level", "trace"];

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

    /// <summary>
    /// Every place where a store is used, with its password set in every way, meets every fault in turn; and so do the collector and whoever looks at the
    /// health. All against one store of a kind at the same time: a gateway looks for one every two seconds, and nine wait no longer for it than one.
    /// </summary>
    [Theory]
    [InlineData("Redis")]
    [InlineData("PostgreSQL")]
    public async Task PasswordIsNotShown_WhateverIsWrongWithTheStore(string kind)
    {
        var store = Keep<FaultyStore>(kind is "Redis" ? new FaultyRedis() : new FaultyPostgres());
        await using var collector = new Collector();
        var starts = kind is "Redis" ? " cannot be reached: " : "Waiting for "; // a silo without the Redis of its grains' state
        var users = new List<StoreUser>();
        foreach (var way in Enum.GetValues<Way>())
        {
            users.Add(Use("Silo", "Cluster", way, "Waiting for "));
            users.Add(Use("Silo", "Storage", way, starts));
            users.Add(Use("Gateway", "Cluster", way, " cannot be used: "));
        }

        // Nobody is there; each says so in its own words.
        await Task.WhenAll(users.Select(u => u.Process.Output.WaitForAsync($"{u.Line}", StartPatience)));
        store.Listen();
        foreach (var wrong in (FaultyStore.Wrong[])[FaultyStore.Wrong.HangsUp, FaultyStore.Wrong.Silent, FaultyStore.Wrong.Repeats])
        {
            await store.MeetAsync(wrong, users.Select(u => u.Name));
        }

        var health = await Task.WhenAll(users.Where(u => u.IsUp).Select(ReadHealthAsync));
        await store.MeetAsync(FaultyStore.Wrong.Refuses, users.Select(u => u.Name));

        // A silo that has not started ends at it. The others go on, until they are told to end.
        foreach (var user in users.Where(u => !u.IsUp)) Assert.Equal(1, await user.Process.WaitForExitAsync());
        foreach (var user in users.Where(u => u.IsUp)) user.Process.Send(Signal.Terminate);
        foreach (var user in users.Where(u => u.IsUp)) Assert.Equal(0, await user.Process.WaitForExitAsync());
        var outputs = users.Select(u => (u.Name, u.Process.Output.Lines)).Append(("health", health)).Append(("the collector", await collector.EndAsync()));
        Assert.All(outputs, output => AssertNo(Marker, output.Item1, output.Item2));

        StoreUser Use(string program, string section, Way way, string line)
        {
            var name = $"{program}-{section}-{way}".ToLowerInvariant();
            var settings = new Dictionary<string, string>
            {
                [section is "Cluster" ? "Cluster:Membership" : "Storage:Provider"] = section is "Cluster" ? store.Membership : store.Provider,
                [$"{section}:ConnectionString"] = store.ConnectionString(name, way is Way.File ? Quoted : Marker),
            };
            if (program is "Silo") (settings["Silo:Port"], settings["Silo:GatewayPort"]) = ($"{FreePorts.Next()}", $"{FreePorts.Next()}");
            var process = Start(program, way, settings, way is Way.Environment ? collector.Variables : null);
            return new(name, process, line, program is "Gateway" || line is " cannot be reached: ");
        }
    }

    /// <summary>It fails while it is used: it takes no writes, is gone, or throws its users out and lets them in no more.</summary>
    [Theory]
    [InlineData("redis", "redis", Way.Environment, Way.File)]
    [InlineData("adonet", "postgresql", Way.File, Way.CommandLine)]
    public async Task PasswordIsNotShown_WhenTheStoreFailsAfterTheStart(string membership, string provider, Way ofSilo, Way ofGateway)
    {
        StoreServer store = membership is "redis" ? await OwnAsync(RedisServer.StartNewAsync()) : await OwnAsync(PostgresServer.StartNewAsync());
        string login; // with time for a store on a busy machine: it is to fail when the test says so, and not before
        if (store is RedisServer redis)
        {
            await redis.RequirePasswordAsync(Marker);
            login = $"{redis.ConnectionString},connectTimeout=15000,asyncTimeout=15000,syncTimeout=15000,password={Marker}";
        }
        else
        {
            await ((PostgresServer)store).CreateUserAsync(User, Marker);
            login = $"Host=127.0.0.1;Port={store.Port};Timeout=15;Command Timeout=15;Username={User};Password={Marker};Database=postgres";
        }

        var settings = new Dictionary<string, string> { ["Cluster:Membership"] = membership, ["Cluster:ConnectionString"] = login };
        var ofState = new Dictionary<string, string>(settings)
        {
            ["Storage:Provider"] = provider,
            ["Storage:ConnectionString"] = login,
            ["Silo:Port"] = $"{FreePorts.Next()}",
            ["Silo:GatewayPort"] = $"{FreePorts.Next()}",
        };
        if (provider is "postgresql") ofState["Storage:CreateSchema"] = "true";
        var silo = Start("Silo", ofSilo, ofState);
        var gateway = Start("Gateway", ofGateway, settings);
        await silo.ManagementAsync();
        await Deadline.UntilAsync(() => HasReadTheListAsync(gateway), "the gateway to have read the list of silos", StartPatience);
        if (store is RedisServer running)
        {
            await running.ExecuteAsync("CONFIG SET maxmemory 1");
            await silo.Output.WaitForAsync(" cannot be used: it is full (maxmemory)");
            await running.KillAsync();
            await silo.Output.WaitForAsync(" cannot be reached: ");
        }
        else
        {
            await ((PostgresServer)store).ExecuteAsync(
                $"ALTER ROLE {User} PASSWORD 'another'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{User}'");
            await silo.Output.WaitForAsync(" cannot be used: ");
        }

        await gateway.Output.WaitForAsync(" cannot be used: ");
        foreach (var process in (EchoProcess[])[gateway, silo])
        {
            process.Send(Signal.Terminate);
            Assert.Equal(0, await process.WaitForExitAsync());
            AssertNo(Marker, process.Name, process.Output.Lines);
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

    private static void AssertNoSecret(EchoProcess process) => AssertNo(Secret, process.Name, process.Output.Lines);

    private static void AssertNo(string secret, string where, IEnumerable<string> lines)
    {
        var telling = lines.Where(l => l.Contains(secret, StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.True(telling.Count is 0, $"{where} tells it {telling.Count} times, first in: {telling.FirstOrDefault()?[..Math.Min(telling[0].Length, 400)]}");
    }

    private static async Task<bool> HasReadTheListAsync(EchoProcess gateway)
    {
        var (_, metrics) = await EchoService.GetAsync(new Uri(await gateway.ManagementAsync(), "/metrics"));
        return metrics.Split('\n').Any(line => line.StartsWith("echo_membership_store_available", StringComparison.Ordinal) && line.Split(' ')[1] is "1");
    }

    private static async Task<string> ReadHealthAsync(StoreUser user)
    {
        var management = await user.Process.ManagementAsync();
        string[] paths = ["/health/ready", "/health/live", "/metrics"];
        var pages = await Task.WhenAll(paths.Select(path => EchoService.GetAsync(new Uri(management, path))));
        return string.Concat(pages.Select(p => p.Body));
    }

    private EchoProcess Start(string program, Way way, Dictionary<string, string> settings, IReadOnlyDictionary<string, string>? variables = null)
    {
        var executable = program switch { "Silo" => EchoExecutable.Silo, "Gateway" => EchoExecutable.Gateway, _ => EchoExecutable.Standalone };
        if (!settings.ContainsKey("Management:Address")) settings["Management:Address"] = "127.0.0.1:0";
        string[] loud = [.. Loud, .. program is "Silo" || settings.ContainsKey("Gateway:Listeners:line:Address") ? [] : EchoService.FreeListeners];
        return way switch
        {
            Way.CommandLine => Start(executable, [.. loud, .. settings.Select(s => $"--{s.Key}={s.Value}")]),
            Way.Environment => Start(executable, loud, settings.Select(AsVariable).Concat(variables ?? new Dictionary<string, string>()).ToDictionary()),
            _ => Start(executable, loud, settings: JsonSerializer.Serialize(settings)), // a key with colons in it is a path, in a file too
        };
    }

    private static KeyValuePair<string, string> AsVariable(KeyValuePair<string, string> setting) =>
        new(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value);

    /// <summary>A program that uses a store.</summary>
    /// <param name="Name">Its user there.</param>
    /// <param name="Process">The program.</param>
    /// <param name="Line">What it says when nobody is there.</param>
    /// <param name="IsUp">Whether it starts all the same.</param>
    private sealed record StoreUser(string Name, EchoProcess Process, string Line, bool IsUp);

    /// <summary>Takes telemetry, and keeps it.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly List<string> _bodies = [];
        private readonly Task _receiving;

        public Collector()
        {
            var address = $"http://127.0.0.1:{FreePorts.Next()}/";
            _listener.Prefixes.Add(address);
            _listener.Start();
            Variables = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            };
            _receiving = ReceiveAsync();
        }

        public IReadOnlyDictionary<string, string> Variables { get; }

        /// <summary>Ends, when all who send have.</summary>
        /// <returns>All that came, which were some log entries at least.</returns>
        public async Task<IReadOnlyList<string>> EndAsync()
        {
            _listener.Stop();
            await _receiving;
            Assert.Contains(_bodies, body => body.Contains("cannot be used", StringComparison.Ordinal));
            return _bodies;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _receiving;
        }

        private async Task ReceiveAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new StreamReader(context.Request.InputStream, System.Text.Encoding.Latin1);
                    _bodies.Add(await body.ReadToEndAsync());
                    context.Response.Close();
                }
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
