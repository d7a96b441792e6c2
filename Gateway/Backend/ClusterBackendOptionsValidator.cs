using System.Net;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend;

/// <summary>Reads the list of silos, and says what is wrong with it.</summary>
internal sealed class ClusterBackendOptionsValidator : IValidateOptions<ClusterBackendOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterBackendOptions options)
    {
        var faults = new List<string>();
        var parts = Split(options.Silos);
        foreach (var part in parts.Length is 0 ? [options.Silos] : parts)
        {
            if (Parse(part) is null) faults.Add($"{BackendOptions.Section}:Silos: {Shown.Value(part)} is not the address and port of a silo, such as 127.0.0.1:30000 or [::1]:30000.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>Reads a list that has been found valid.</summary>
    public static IEnumerable<IPEndPoint> ParseSilos(string text) => Split(text).Select(part => Parse(part)!);

    private static IPEndPoint? Parse(string part) =>
        PortAddress.TryParse(part, out var silo, out _) && silo.Port is not 0 && !silo.Address.Equals(IPAddress.Any) && !silo.Address.Equals(IPAddress.IPv6Any) ? silo : null;

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
