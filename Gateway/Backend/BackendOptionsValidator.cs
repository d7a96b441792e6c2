using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Backend;

/// <summary>What no single option of the backend can tell alone.</summary>
internal sealed class BackendOptionsValidator : IValidateOptions<BackendOptions>
{
    public ValidateOptionsResult Validate(string? name, BackendOptions options)
    {
        var faults = new List<string>();
        if (options.PatienceSeconds < options.CallTimeoutSeconds)
        {
            faults.Add($"{BackendOptions.Section}:PatienceSeconds: {options.PatienceSeconds} is less than {BackendOptions.Section}:CallTimeoutSeconds, {options.CallTimeoutSeconds}; a connection must wait for one call at least.");
        }

        var parts = Split(options.Silos);
        foreach (var part in parts.Length is 0 ? [options.Silos] : parts)
        {
            if (!IPEndPoint.TryParse(part, out var silo) || silo.Port is 0)
            {
                faults.Add($"{BackendOptions.Section}:Silos: '{part}' is not an address and port such as 127.0.0.1:30000 or [::1]:30000.");
            }
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>Reads a list that has been found valid.</summary>
    public static IEnumerable<IPEndPoint> ParseSilos(string text) => Split(text).Select(IPEndPoint.Parse);

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
