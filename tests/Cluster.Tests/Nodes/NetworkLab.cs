using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>Hosts of our own on this machine, as network namespaces on a bridge, and cuts between them. Needs root, ip and nft.</summary>
internal sealed partial class NetworkLab : IAsyncDisposable
{
    // A network that nobody is likely to have; the third byte tells labs at the same time apart, in this process and in others.
    private const string Network = "10.213";
    private const int Subnets = 250;

    // So far apart in the third byte are labs of one process: other processes, started with it, take the bytes in between.
    private const int Stride = 67;

    private static int Labs;

    private readonly string _name;
    private readonly int _subnet;
    private readonly Dictionary<string, IPAddress> _hosts = [];

    private NetworkLab()
    {
        var number = Interlocked.Increment(ref Labs);
        _name = $"q{Environment.ProcessId % 10_000}x{number % 100}"; // short: with a host's name it is that of a link, which has 15 bytes
        _subnet = 1 + ((Environment.ProcessId + (number * Stride)) % Subnets);
    }

    private string Bridge => $"{_name}br";

    /// <summary>Makes a bridge and a host for each name.</summary>
    /// <returns>The lab; or why there is none.</returns>
    public static async Task<(NetworkLab? Lab, string Fault)> CreateAsync(IEnumerable<string> hosts)
    {
        if (!Environment.IsPrivilegedProcess) return (null, "network namespaces need root");
        var lab = new NetworkLab();
        try
        {
            await RunAsync("ip", "link", "add", lab.Bridge, "type", "bridge");
            await RunAsync("ip", "addr", "add", $"{Network}.{lab._subnet}.254/24", "dev", lab.Bridge);
            await RunAsync("ip", "link", "set", lab.Bridge, "up");
            foreach (var host in hosts) await lab.AddAsync(host);
            return (lab, "");
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await lab.DisposeAsync();
            return (null, fault.Message);
        }
    }

    /// <summary>The address of a host.</summary>
    public IPAddress AddressOf(string host) => _hosts[host];

    /// <summary>The command that becomes a program on a host.</summary>
    public string[] Through(string host) => ["ip", "netns", "exec", Space(host)];

    /// <summary>A host, as a place for a program.</summary>
    public NodePlace PlaceOf(string host) => NodePlace.Here with { Address = AddressOf(host), Through = Through(host) };

    /// <summary>This process's own address in the network.</summary>
    public IPAddress Outside => IPAddress.Parse($"{Network}.{_subnet}.254");

    /// <summary>What a host sends to an address goes somewhere else, without its noticing.</summary>
    public async Task DivertAsync(string host, IPEndPoint from, IPEndPoint to)
    {
        await Nft(host, "add table ip n");
        await Nft(host, "add chain ip n out { type nat hook output priority -100; }");
        await Nft(host, $"add rule ip n out ip daddr {from.Address} tcp dport {from.Port} dnat to {to.Address}:{to.Port}");
    }

    /// <summary>A host no longer hears another.</summary>
    public Task DeafenAsync(string host, string other) => Nft(host, $"add element inet f deaf {{ {AddressOf(other)} }}");

    /// <summary>A host hears another again.</summary>
    public Task HearAsync(string host, string other) => Nft(host, $"delete element inet f deaf {{ {AddressOf(other)} }}");

    /// <summary>A host loses every hundredth packet that comes to it, from the outside as well.</summary>
    public Task LoseAsync(string host) => Nft(host, "add rule inet f in numgen random mod 100 0 counter drop");

    /// <summary>A host loses no packet any more, and counts those that come, and that it drops, anew.</summary>
    public async Task LoseNothingAsync(string host)
    {
        await Nft(host, "flush chain inet f in");
        await ListenAsync(host);
    }

    /// <summary>How many packets have come to a host so far, and how many of them it has dropped: its kernel's count.</summary>
    public async Task<(long Came, long Dropped)> PacketsAsync(string host)
    {
        var rules = await ReadAsync([.. Through(host), "nft", "list", "chain", "inet", "f", "in"]);
        var counts = Counter().Matches(rules).ToLookup(c => c.Groups["drop"].Success, c => long.Parse(c.Groups["packets"].Value, CultureInfo.InvariantCulture));
        return (counts[false].Sum(), counts[true].Sum());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Keys)
        {
            await TryAsync("ip", "link", "del", $"{_name}{host}"); // a host takes its end of the wire along, but some time after it is gone
            await TryAsync("ip", "netns", "del", Space(host));
        }

        await TryAsync("ip", "link", "del", Bridge);
    }

    private async Task AddAsync(string host)
    {
        var address = IPAddress.Parse($"{Network}.{_subnet}.{_hosts.Count + 1}");
        _hosts.Add(host, address);
        await RunAsync("ip", "netns", "add", Space(host));
        await RunAsync("ip", "link", "add", $"{_name}{host}", "type", "veth", "peer", "name", "e0", "netns", Space(host));
        await RunAsync("ip", "link", "set", $"{_name}{host}", "master", Bridge, "up");
        var inside = Through(host);
        await RunAsync([.. inside, "ip", "addr", "add", $"{address}/24", "dev", "e0"]);
        await RunAsync([.. inside, "ip", "link", "set", "e0", "up"]);
        await RunAsync([.. inside, "ip", "link", "set", "lo", "up"]);
        await Nft(host, "add table inet f");
        await Nft(host, "add set inet f deaf { type ipv4_addr; }");
        await Nft(host, "add chain inet f in { type filter hook input priority 0; }");
        await ListenAsync(host);
    }

    private async Task ListenAsync(string host)
    {
        await Nft(host, "add rule inet f in counter");
        await Nft(host, "add rule inet f in ip saddr @deaf counter drop");
    }

    private string Space(string host) => $"{_name}-{host}";

    private Task Nft(string host, string command) => RunAsync([.. Through(host), "nft", command]);

    private static async Task TryAsync(params string[] command)
    {
        try
        {
            await RunAsync(command);
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was not made.
        }
    }

    private static async Task RunAsync(params string[] command) => _ = await ReadAsync(command);

    private static async Task<string> ReadAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true }) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var words = await process.StandardError.ReadToEndAsync(CancellationToken.None); // not cancelled: a half-made network must go
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode is 0 ? await output : throw new InvalidOperationException($"{string.Join(' ', command)}: {words.Trim()}");
    }

    [GeneratedRegex(@"counter packets (?<packets>\d+) bytes \d+(?<drop> drop)?")]
    private static partial Regex Counter();
}
