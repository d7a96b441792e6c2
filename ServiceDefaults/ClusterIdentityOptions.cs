using System.ComponentModel;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Which cluster a silo or a gateway belongs to: section <c>Cluster</c>.</summary>
public sealed class ClusterIdentityOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Cluster";

    /// <summary>The cluster's name; silos and gateways of another name are strangers.</summary>
    [Description("The cluster's name: silos and gateways with the same one belong together.")]
    public string ClusterId { get; set; } = "dev";

    /// <summary>The service's name, which outlives clusters: what is stored carries it.</summary>
    [Description("The service's name, which stays when a cluster is replaced by another.")]
    public string ServiceId { get; set; } = "orleansecho";
}
