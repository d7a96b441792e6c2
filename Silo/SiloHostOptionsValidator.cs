using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Silo;

/// <summary>What no single option of a silo can tell alone.</summary>
internal sealed class SiloHostOptionsValidator : IValidateOptions<SiloHostOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloHostOptions options)
    {
        var faults = new List<string>();
        if (!IPAddress.TryParse(options.Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            faults.Add($"{SiloHostOptions.Section}:Address: '{options.Address}' is not an IP address that others could connect to, such as 127.0.0.1.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
