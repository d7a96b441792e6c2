using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Reads the three files, and finds every fault in them.</summary>
internal sealed class CertificateFiles(ClusterTlsOptions options, CertificateRole role, TimeProvider time)
{
    /// <summary>Reads them as they are.</summary>
    /// <returns>Their texts, or null and what is wrong, a line each.</returns>
    public (PemTexts? Texts, IReadOnlyList<string> Faults) Read()
    {
        var faults = new List<string>();
        var texts = new PemTexts(
            ReadFile(nameof(options.Certificate), options.Certificate, faults),
            ReadFile(nameof(options.Key), options.Key, faults),
            ReadFile(nameof(options.Authority), options.Authority, faults));
        return (faults.Count is 0 ? texts : null, faults);
    }

    /// <summary>Makes of them what connections need.</summary>
    /// <returns>The identity, or null and what is wrong, a line each.</returns>
    public (TlsIdentity? Identity, IReadOnlyList<string> Faults) Parse(PemTexts texts)
    {
        var faults = new List<string>();
        var certificates = ReadCertificates(nameof(options.Certificate), options.Certificate, texts.Certificate, faults);
        var authority = ReadCertificates(nameof(options.Authority), options.Authority, texts.Authority, faults);
        var own = certificates.Count > 0 ? ReadOwn(texts, faults) : null;
        if (own is null || faults.Count > 0) return (null, faults);
        certificates.RemoveAt(0);
        var rules = new CertificateRules(authority, options.Name, time);
        if (rules.Explain(own, certificates, role) is { } wrong)
        {
            faults.Add($"{Named(nameof(options.Certificate), options.Certificate)} {wrong}.");
            return (null, faults);
        }

        return (new TlsIdentity(own, SslStreamCertificateContext.Create(own, certificates, offline: true), rules), faults);
    }

    private static string ReadFile(string option, string path, List<string> faults)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            faults.Add($"{ClusterTlsOptions.KeyOf(option)}: there is no file {Shown.Value(path)}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{Named(option, path)} cannot be read: {fault.Message.TrimEnd('.')}.");
        }

        return "";
    }

    private static X509Certificate2Collection ReadCertificates(string option, string path, string text, List<string> faults)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
            if (found.Count is 0) faults.Add($"{Named(option, path)} has no certificate in PEM in it (-----BEGIN CERTIFICATE-----).");
        }
        catch (CryptographicException)
        {
            faults.Add($"{Named(option, path)} has a certificate in it that cannot be read.");
        }

        return found;
    }

    private X509Certificate2? ReadOwn(PemTexts texts, List<string> faults)
    {
        var key = Named(nameof(options.Key), options.Key);
        if (texts.Key.Contains("ENCRYPTED", StringComparison.Ordinal)) faults.Add($"{key} has a password; give it without, and let nobody else read the file.");
        else if (!texts.Key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) faults.Add($"{key} has no private key in PEM in it (-----BEGIN PRIVATE KEY-----).");
        else
        {
            try
            {
                return X509Certificate2.CreateFromPem(texts.Certificate, texts.Key);
            }
            catch (Exception fault) when (fault is CryptographicException or ArgumentException)
            {
                faults.Add($"{key} does not match the first certificate in {Shown.Value(options.Certificate)} ({ClusterTlsOptions.KeyOf(nameof(options.Certificate))}), or cannot be read.");
            }
        }

        return null;
    }

    private static string Named(string option, string path) => $"{ClusterTlsOptions.KeyOf(option)}: {Shown.Value(path)}";
}

/// <summary>What the three files say: equal when nothing has changed.</summary>
internal sealed record PemTexts(string Certificate, string Key, string Authority)
{
    /// <summary>No key ever stands in a log.</summary>
    public override string ToString() => nameof(PemTexts);
}
