using Microsoft.Extensions.Options;

namespace OrleansEcho.Silo;

/// <summary>What no single option of a silo can tell alone.</summary>
internal sealed class SiloHostOptionsValidator(OwnAddress own) : IValidateOptions<SiloHostOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloHostOptions options)
    {
        var (address, fault) = own.TryRead(options.Address);
        return address is not null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(fault);
    }
}
