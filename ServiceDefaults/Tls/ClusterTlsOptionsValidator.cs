using Microsoft.Extensions.Options;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Finds what is wrong with the files before anything starts.</summary>
internal sealed class ClusterTlsOptionsValidator(CertificateRole role, TimeProvider time) : IValidateOptions<ClusterTlsOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterTlsOptions options)
    {
        IReadOnlyList<string> faults = [.. options.IsOn ? Missing(options) : [], .. CheckName(options)];
        if (faults.Count is 0 && options.IsOn) faults = Find(new CertificateFiles(options, role, time));
        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IReadOnlyList<string> Missing(ClusterTlsOptions options)
    {
        (string Option, string Path)[] files = [(nameof(options.Certificate), options.Certificate), (nameof(options.Key), options.Key), (nameof(options.Authority), options.Authority)];
        var given = files.Where(f => f.Path.Length > 0).Select(f => ClusterTlsOptions.KeyOf(f.Option)).ToList();
        var set = $"{string.Join(" and ", given)} {(given.Count is 1 ? "is" : "are")}";
        return [.. files.Where(f => f.Path.Length is 0).Select(f => $"{ClusterTlsOptions.KeyOf(f.Option)}: is missing, and {set} not; TLS takes a certificate, its key and its authority.")];
    }

    private static IEnumerable<string> CheckName(ClusterTlsOptions options)
    {
        var key = ClusterTlsOptions.KeyOf(nameof(options.Name));
        if (options.Name.Length is 0) yield break;
        if (!options.IsOn) yield return $"{key}: is set, and there is no TLS without Certificate, Key and Authority; set them, or leave it out.";
        if (Uri.CheckHostName(options.Name) is not UriHostNameType.Dns) yield return $"{key}: {Shown.Value(options.Name)} is not a DNS name, such as orleansecho.example.com.";
    }

    private static IReadOnlyList<string> Find(CertificateFiles files)
    {
        var (texts, faults) = files.Read();
        return texts is null ? faults : files.Parse(texts).Faults;
    }
}
