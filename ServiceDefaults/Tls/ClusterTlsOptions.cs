using System.ComponentModel;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>
/// How silos and gateways prove to each other that they belong to the cluster: section <c>Cluster:Tls</c>. There is no switch besides the three files:
/// one that contradicts them would be one more way to be wrong (docs/adr/0009-tls-inside-the-cluster.md).
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Cluster:Tls";

    /// <summary>This program's certificate, and those between it and the authority's. None by default: a first start needs no files, and binds this machine only.</summary>
    [Description("The file with this program's certificate, in PEM, and with those between it and the authority's. This, Key and Authority together switch TLS on, between silos and between gateways and silos.")]
    public string Certificate { get; set; } = "";

    /// <summary>The key of <see cref="Certificate"/>, without a password: one that a program can open by itself guards nothing.</summary>
    [Description("The file with the private key of Certificate, in PEM, without a password.")]
    public string Key { get; set; } = "";

    /// <summary>Who signs the certificates of the cluster; several while one replaces another. The machine's own list is not asked: strangers stand in it.</summary>
    [Description("The file with the certificate, in PEM, of the authority that signs those of all silos and gateways; several, while one replaces another.")]
    public string Authority { get; set; } = "";

    /// <summary>A name that tells the cluster's certificates from others of the same authority. None by default: the authority should sign for nobody else.</summary>
    [Description("A DNS name that the certificates of all silos and gateways have to carry, where the authority signs for others, too; none when empty.")]
    public string Name { get; set; } = "";

    /// <summary>Whether silos and gateways use TLS between them.</summary>
    public bool IsOn => (Certificate, Key, Authority) is not ("", "", "");

    internal static string KeyOf(string option) => $"{Section}:{option}";
}
