using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting.Kubernetes;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo.Kubernetes;

/// <summary>Puts <c>Microsoft.Orleans.Hosting.Kubernetes</c> into a silo, where it is switched on (<c>Silo:Kubernetes</c>).</summary>
internal static class KubernetesBuilderExtensions
{
    /// <summary>
    /// Names the silo after its pod. To be called before the silo's own options are set: the package takes the cluster's name from ORLEANS_CLUSTER_ID and
    /// ORLEANS_SERVICE_ID and the address from POD_IP, and here Cluster:ClusterId, Cluster:ServiceId and Silo:Address say so, with or without it.
    /// </summary>
    public static void UseKubernetes(this ISiloBuilder silo)
    {
        if (!IsOn(silo.Configuration)) return;
        silo.UseKubernetesHosting(options => options.Configure(kubernetes =>
        {
            kubernetes.GetClientConfiguration = PodAgent.Client;
            kubernetes.MaxKubernetesApiRetryAttempts = int.MaxValue; // nobody waits for it
            kubernetes.DeleteDefunctSiloPods = false; // Kubernetes' own probes restart what does not answer; this would need the right to delete pods
        }));
        silo.Services.Remove(silo.Services.Single(service => service.ImplementationType == typeof(KubernetesClusterAgent)));
    }

    /// <summary>Adds what watches the pods of the other silos while this one runs.</summary>
    public static void AddPodAgent(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<Pod>();
        if (!IsOn(builder.Configuration)) return;
        builder.Services.AddSingleton(provider => new PodMembership(
            provider.GetRequiredService<IClusterMembershipService>(),
            provider.GetRequiredService<PatientMembershipTable>().Condemn,
            provider.GetRequiredService<ILogger<PodMembership>>()));
        builder.Services.AddSingleton<AgentOutage>();
        builder.Services.AddHostedService<PodAgent>();
    }

    // Asked before the options can be.
    private static bool IsOn(IConfiguration configuration) => configuration.GetSection(SiloHostOptions.Section).Get<SiloHostOptions>()?.Kubernetes is true;
}
