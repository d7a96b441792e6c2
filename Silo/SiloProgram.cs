using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Silo.Quota;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo;

/// <summary>What every program with a silo in it takes.</summary>
public static class SiloProgram
{
    /// <summary>The flag for the cluster's connection limit.</summary>
    public static Flag QuotaFlag(OptionCatalog catalog) => Flag.For("--quota", "N", "Quota:Limit", catalog);

    /// <summary>The command that makes the tables in a database.</summary>
    public static ProgramCommand InitDbCommand => InitDb.Command;

    /// <summary>Adds the options of a silo.</summary>
    public static OptionCatalog AddSilo(this OptionCatalog catalog) => catalog
        .Add<SiloHostOptions>(SiloHostOptions.Section)
        .Add<StorageOptions>(StorageOptions.Section)
        .Add<QuotaLimitOptions>(QuotaLimitOptions.Section)
        .Add<ClusterIdentityOptions>(ClusterIdentityOptions.Section)
        .Add<MembershipOptions>(ClusterIdentityOptions.Section)
        .Add<ClusterTlsOptions>(ClusterTlsOptions.Section);
}
