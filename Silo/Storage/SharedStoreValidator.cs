using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Membership;

namespace OrleansEcho.Silo.Storage;

/// <summary>Several silos need one store: with a folder each, the next one to run a grain would find what another knew long ago.</summary>
internal sealed class SharedStoreValidator(IConfiguration configuration) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var membership = MembershipOptions.Of(configuration); // not through options: they may have faults of their own
        if (!membership.IsShared || !options.Is(StorageOptions.File)) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(
            $"{StorageOptions.Section}:{nameof(StorageOptions.Provider)}: '{options.Provider}' is for one silo, and {MembershipOptions.Key(nameof(MembershipOptions.Membership))}={membership.Membership} is for several; choose {StorageOptions.Redis} or {StorageOptions.PostgreSql}.");
    }
}
