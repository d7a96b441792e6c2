using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Backend;

/// <summary>What no single option of the backend can tell alone.</summary>
internal sealed class BackendOptionsValidator : IValidateOptions<BackendOptions>
{
    public ValidateOptionsResult Validate(string? name, BackendOptions options) => options.PatienceSeconds >= options.CallTimeoutSeconds
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{BackendOptions.Section}:PatienceSeconds: {options.PatienceSeconds} is less than {BackendOptions.Section}:CallTimeoutSeconds, {options.CallTimeoutSeconds}; a connection must wait for one call at least.");
}
