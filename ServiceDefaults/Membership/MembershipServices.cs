using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OrleansEcho.ServiceDefaults.Membership;

/// <summary>Puts the configuration of the list of silos into a program: the same for silos and gateways.</summary>
public static class MembershipServices
{
    /// <summary>Adds the cluster's name and where its list of silos is, checked at the start.</summary>
    public static IServiceCollection AddClusterOptions(this IServiceCollection services)
    {
        services.AddOptions<ClusterIdentityOptions>().BindConfiguration(ClusterIdentityOptions.Section).ValidateOnStart();
        services.AddOptions<MembershipOptions>().BindConfiguration(ClusterIdentityOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MembershipOptions>, MembershipOptionsValidator>());
        return services;
    }
}
