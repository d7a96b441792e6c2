using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Tls;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>What every program with a gateway in it takes, whatever its protocols.</summary>
public static class GatewayProgram
{
    /// <summary>How telemetry tells gateways apart by name.</summary>
    public static (string Attribute, string Key) InstanceName => ("echo.gateway.name", $"{GatewayOptions.Section}:{nameof(GatewayOptions.Name)}");

    /// <summary>Adds the options of a gateway.</summary>
    public static OptionCatalog AddGateway(this OptionCatalog catalog) => catalog
        .Add<GatewayOptions>(GatewayOptions.Section)
        .Add<BackendOptions>(BackendOptions.Section)
        .Add<QuotaOptions>(QuotaOptions.Section);

    /// <summary>Adds the options of a gateway whose silos are other processes.</summary>
    public static OptionCatalog AddCluster(this OptionCatalog catalog) => catalog
        .Add<ClusterBackendOptions>(BackendOptions.Section)
        .Add<ClusterIdentityOptions>(ClusterIdentityOptions.Section)
        .Add<MembershipOptions>(ClusterIdentityOptions.Section)
        .Add<ClusterTlsOptions>(ClusterTlsOptions.Section);

    /// <summary>The flag for the connection limit.</summary>
    public static Flag MaxConnectionsFlag(OptionCatalog catalog) => Flag.For("--max-connections", "N", "Gateway:MaxConnections", catalog);

    /// <summary>The flag for what happens when the quota cannot be reached.</summary>
    public static Flag QuotaPolicyFlag(OptionCatalog catalog) => Flag.For("--quota-policy", "POLICY", "Quota:Policy", catalog);
}
