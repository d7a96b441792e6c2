using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.Silo.Kubernetes;

namespace OrleansEcho.Silo;

/// <summary>What no single option of a silo can tell alone. The configuration, because the options of the list of silos may have faults of their own.</summary>
internal sealed class SiloHostOptionsValidator(OwnAddress own, Pod pod, IConfiguration configuration) : IValidateOptions<SiloHostOptions>
{
    private const string KubernetesKey = $"{SiloHostOptions.Section}:{nameof(SiloHostOptions.Kubernetes)}";

    public ValidateOptionsResult Validate(string? name, SiloHostOptions options)
    {
        var faults = new List<string>();
        var (address, fault) = own.TryRead(options.Address);
        if (address is null) faults.Add(fault);
        if (options.Kubernetes)
        {
            if (!MembershipOptions.Of(configuration).IsShared) faults.Add($"{KubernetesKey}: is on, and the list of silos is in this one's memory; set {MembershipOptions.Key(nameof(MembershipOptions.Membership))} to {MembershipOptions.Redis} or {MembershipOptions.AdoNet}, or switch it off.");
            if (pod.Missing is { Count: > 0 } missing) faults.Add($"{KubernetesKey}: is on, and this process is not in a pod that may ask Kubernetes: {string.Join(", ", missing)} {(missing.Count is 1 ? "is" : "are")} missing; start it by deploy/kubernetes/hosting, or switch it off.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
