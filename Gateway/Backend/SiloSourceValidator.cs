using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Membership;

namespace OrleansEcho.Gateway.Backend;

/// <summary>A gateway finds its silos in one place: two could contradict each other.</summary>
internal sealed class SiloSourceValidator(IConfiguration configuration) : IValidateOptions<ClusterBackendOptions>
{
    private const string Silos = $"{BackendOptions.Section}:{nameof(ClusterBackendOptions.Silos)}";

    public ValidateOptionsResult Validate(string? name, ClusterBackendOptions options)
    {
        var membership = MembershipOptions.Of(configuration); // not through options: they may have faults of their own
        if (!membership.IsShared || configuration[Silos] is null) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(
            $"{Silos}: is set, and with {MembershipOptions.Key(nameof(membership.Membership))}={membership.Membership} the silos are found in the store of {MembershipOptions.Key(nameof(membership.ConnectionString))}; leave one of them out.");
    }
}
