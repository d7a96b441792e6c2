using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>
/// Holds the connection limit against the process's limit of open files: a gateway that runs out of descriptors cannot even refuse.
/// </summary>
internal sealed class DescriptorLimit(Func<long?> read) : IValidateOptions<GatewayOptions>
{
    // Without a connection a gateway has 240 files open, and Standalone 276: .NET keeps each library that it has loaded open (214 and 250 of them). The management endpoint and Standalone's silo let 64 come each,
    // and the rest is for links to silos (one each), stores, probes and certificates.
    private const int OfTheProcess = 512;

    /// <summary>Descriptors for everything but open connections: the process itself, and the refused peers that are told so.</summary>
    public const int Reserved = OfTheProcess + ConnectionLife.MaxRefusalsAtATime;

    public DescriptorLimit()
        : this(ReadFromKernel)
    {
    }

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        if (read() is not { } limit || options.MaxConnections + Reserved <= limit) return ValidateOptionsResult.Success;
        var advice = limit > Reserved ? $"set it to at most {limit - Reserved}, or raise the limit" : $"raise the limit to more than {Reserved}";
        return ValidateOptionsResult.Fail(
            $"{GatewayOptions.Section}:MaxConnections: {options.MaxConnections} needs {options.MaxConnections + Reserved} open files, {Reserved} of them for the rest of the process, "
            + $"but the process may have {limit}; {advice} (ulimit -n, LimitNOFILE=).");
    }

    // The runtime has raised the soft limit to the hard one by now; where there is no /proc, the limit is not known.
    private static long? ReadFromKernel()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits)) return null;
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3);
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
