namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Whose a certificate is. Its extended key usage says so: a gateway's cannot stand for a silo.</summary>
public enum CertificateRole
{
    /// <summary>It connects to silos: <c>clientAuth</c>.</summary>
    Gateway,

    /// <summary>It accepts, and connects to other silos: <c>serverAuth</c> and <c>clientAuth</c>.</summary>
    Silo,
}
