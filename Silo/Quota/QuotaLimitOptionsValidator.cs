using Microsoft.Extensions.Options;

namespace OrleansEcho.Silo.Quota;

/// <summary>What no single option of the quota can tell alone.</summary>
internal sealed class QuotaLimitOptionsValidator : IValidateOptions<QuotaLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, QuotaLimitOptions options) => options.RenewSeconds * 3 <= options.LeaseSeconds
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{QuotaLimitOptions.Section}:RenewSeconds: {options.RenewSeconds} is more than a third of {QuotaLimitOptions.Section}:LeaseSeconds, {options.LeaseSeconds}; two renewals must be able to fail before a lease ends.");
}
