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

        if (!TryParseSilos(options.Silos, out _, out var bad))
        {
            faults.Add($"{BackendOptions.Section}:Silos: '{bad}' is not an address and port such as 127.0.0.1:30000 or [::1]:30000.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>Reads the comma-separated list; false with the first part that is no endpoint.</summary>
    public static bool TryParseSilos(string text, out IPEndPoint[] silos, out string bad)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        silos = new IPEndPoint[parts.Length];
        bad = parts.Length is 0 ? text : "";
        for (var i = 0; i < parts.Length; i++)
        {
            if (IPEndPoint.TryParse(parts[i], out var silo) && silo.Port is not 0) silos[i] = silo;
            else bad = parts[i];
        }

        return bad.Length is 0 && parts.Length > 0;
    }
}
