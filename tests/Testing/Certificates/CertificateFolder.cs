namespace OrleansEcho.Testing.Certificates;

/// <summary>The three files that a program is given, in a folder of their own.</summary>
public sealed class CertificateFolder : IAsyncDisposable, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-tls-");

    public CertificateFolder(TestCertificate certificate, string authority)
    {
        Replace(certificate);
        File.WriteAllText(Authority, authority);
    }

    public string Folder => _folder.FullName;

    public string Certificate => Path.Combine(Folder, "tls.crt");

    public string Key => Path.Combine(Folder, "tls.key");

    public string Authority => Path.Combine(Folder, "ca.crt");

    /// <summary>The command line that names them.</summary>
    public string[] Arguments => [$"--Cluster:Tls:Certificate={Certificate}", $"--Cluster:Tls:Key={Key}", $"--Cluster:Tls:Authority={Authority}"];

    /// <summary>Writes another certificate and its key, over those that are there.</summary>
    public void Replace(TestCertificate certificate)
    {
        File.WriteAllText(Key, certificate.Key);
        File.WriteAllText(Certificate, certificate.Certificate);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
