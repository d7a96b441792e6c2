using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.Silo.Membership;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo;

/// <summary>What every program with a silo in it takes.</summary>
public static class SiloProgram
{
    /// <summary>Adds the options of a silo.</summary>
    public static OptionCatalog AddSilo(this OptionCatalog catalog) => catalog
        .Add<SiloHostOptions>(SiloHostOptions.Section)
        .Add<StorageOptions>(StorageOptions.Section)
        .Add<ClusterIdentityOptions>(ClusterIdentityOptions.Section)
        .Add<MembershipOptions>(ClusterIdentityOptions.Section);
}
