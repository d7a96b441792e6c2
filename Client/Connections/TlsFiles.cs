using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.Client.Connections;

/// <summary>What stands in the PEM files of <see cref="EchoTlsOptions"/>.</summary>
/// <param name="Authorities">Those that may have signed the server's certificate; null when the system's may.</param>
/// <param name="Certificate">The client's own, with those between it and the authority; null when it has none.</param>
internal sealed record TlsFiles(X509Certificate2Collection? Authorities, SslStreamCertificateContext? Certificate)
{
    /// <summary>Reads them; adds a line for each that cannot be used.</summary>
    /// <param name="tls">Names the files.</param>
    /// <param name="prefix">What stands before the options' names.</param>
    /// <param name="faults">Where faults are added.</param>
    public static TlsFiles Read(EchoTlsOptions tls, string prefix, List<string> faults)
    {
        var (authorityKey, certificateKey, keyKey) = ($"{prefix}AuthorityFile", $"{prefix}CertificateFile", $"{prefix}KeyFile");
        if (tls.CertificateFile is null != tls.KeyFile is null) faults.Add($"{certificateKey} and {keyKey}: a certificate needs its key; set both or none.");
        var authorities = ReadCertificates(authorityKey, tls.AuthorityFile, ReadFile(authorityKey, tls.AuthorityFile, faults), faults);
        var certificatePem = ReadFile(certificateKey, tls.CertificateFile, faults);
        var chain = ReadCertificates(certificateKey, tls.CertificateFile, certificatePem, faults);
        var keyPem = ReadFile(keyKey, tls.KeyFile, faults);
        if (chain is null || certificatePem is null || keyPem is null) return new TlsFiles(authorities, null);
        var own = ReadOwn(certificatePem, keyPem, $"{keyKey}: '{tls.KeyFile}'", $"'{tls.CertificateFile}' ({certificateKey})", faults);
        return new TlsFiles(authorities, own is null ? null : SslStreamCertificateContext.Create(own, chain, offline: true));
    }

    // Null when there is none to read.
    private static string? ReadFile(string option, string? path, List<string> faults)
    {
        if (path is null) return null;
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            faults.Add($"{option}: there is no file '{path}'.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"{option}: '{path}' cannot be read: {fault.Message.TrimEnd('.')}.");
        }

        return null;
    }

    private static X509Certificate2Collection? ReadCertificates(string option, string? path, string? pem, List<string> faults)
    {
        if (pem is null) return null;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
            if (found.Count > 0) return found;
            faults.Add($"{option}: '{path}' has no certificate in PEM in it (-----BEGIN CERTIFICATE-----); name a file that has.");
        }
        catch (CryptographicException)
        {
            faults.Add($"{option}: '{path}' has a certificate in it that cannot be read; get it again from whoever issued it.");
        }

        return null;
    }

    // CreateFromPem takes a key of the certificate's kind only, and the one that belongs to it only.
    private static X509Certificate2? ReadOwn(string certificatePem, string keyPem, string key, string certificate, List<string> faults)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal)) faults.Add($"{key} has a password; give it without, and let nobody else read the file.");
        else if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) faults.Add($"{key} has no private key in PEM in it (-----BEGIN PRIVATE KEY-----); name a file that has.");
        else
        {
            try
            {
                return X509Certificate2.CreateFromPem(certificatePem, keyPem);
            }
            catch (Exception fault) when (fault is CryptographicException or ArgumentException)
            {
                faults.Add($"{key} is not the key of the first certificate in {certificate}, or cannot be read; name the one that was made with it.");
            }
        }

        return null;
    }
}
