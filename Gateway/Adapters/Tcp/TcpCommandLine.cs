using OrleansEcho.Protocols;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>What stream listeners add to the command line of a program: their options, their flag, their defaults.</summary>
public static class TcpCommandLine
{
    /// <summary>
    /// The listeners that there are by default. Those that a file or the environment names stand beside them, or change the one of their
    /// name; <see cref="ListenFlag"/> replaces them all. 7 is echo's port (RFC 862); these need no privilege.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> DefaultListeners { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Listeners:line:Framing"] = "line",
        ["Gateway:Listeners:line:Address"] = "127.0.0.1:7000",
        ["Gateway:Listeners:length-prefixed:Framing"] = "length-prefixed",
        ["Gateway:Listeners:length-prefixed:Address"] = "127.0.0.1:7001",
        ["Gateway:Listeners:raw:Framing"] = "raw",
        ["Gateway:Listeners:raw:Address"] = "127.0.0.1:7007",
    };

    private const string ListenName = "--listen";

    /// <summary>The flag that adds a listener.</summary>
    public static Flag ListenFlag { get; } = Flag.Custom(
        ListenName,
        "[NAME:]FRAMING=ADDRESS",
        "Listens there, instead of where anything else says (defaults, files, environment), as in line=127.0.0.1:7000 or "
        + $"raw=unix:/tmp/echo.sock; framings: {string.Join(", ", Framings.Names)}.",
        isRepeatable: true,
        Listen);

    /// <summary>Adds the options of stream listeners.</summary>
    public static OptionCatalog AddTcp(this OptionCatalog catalog) => catalog.AddNamed<TcpListenerOptions>(TcpListenerOptions.Section);

    private static string? Listen(string value, FlagTarget target)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1) return "is not of the form [NAME:]FRAMING=ADDRESS";
        var (left, address) = (value[..equals], value[(equals + 1)..]);
        var colon = left.IndexOf(':', StringComparison.Ordinal);
        if (!Framings.TryGet(left[(colon + 1)..], out var codec))
        {
            return $"names no framing; the framings are {string.Join(", ", Framings.Names)}";
        }

        var framing = codec.Name; // as the configuration spells it
        var name = colon < 0 ? UnusedName(framing, target) : left[..colon];
        if (name.Length is 0) return "has an empty name before its colon";
        if (target.Has($"{TcpListenerOptions.Section}:{name}:Address")) return $"is the second listener named {Shown.Value(name)}";
        if (!ListenAddress.TryParse(address, out _, out var fault)) return $"has no address to listen on: {fault}";

        target.Replace(TcpListenerOptions.Section, ListenName);
        target.Set($"{TcpListenerOptions.Section}:{name}:Framing", framing);
        target.Set($"{TcpListenerOptions.Section}:{name}:Address", address);
        return null;
    }

    // The second listener of a framing is called line-2, the third line-3.
    private static string UnusedName(string framing, FlagTarget target)
    {
        var name = framing;
        for (var i = 2; target.Has($"{TcpListenerOptions.Section}:{name}:Address"); i++) name = $"{framing}-{i}";
        return name;
    }
}
