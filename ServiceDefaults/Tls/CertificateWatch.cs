using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>
/// Holds the certificate that is in use, and exchanges it when its files change: new connections use the new one, those that are there stay. It compares
/// the files' texts, because the ways to replace a file (over it, by a rename, by Kubernetes' symbolic links) have nothing else in common.
/// </summary>
internal sealed partial class CertificateWatch : BackgroundService
{
    // A person who has replaced a file looks into the log for what became of it; three small files are next to nothing.
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Whoever renews certificates by machine does it after two thirds of their time.
    private const double LastPart = 0.1;

    private readonly CertificateFiles? _files;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateWatch> _logger;
    private volatile TlsIdentity? _current;
    private PemTexts? _texts;
    private string? _seenFault;
    private string? _saidFault;
    private TlsIdentity? _saidExpiring;

    public CertificateWatch(IOptions<ClusterTlsOptions> options, CertificateRole role, TimeProvider time, ILogger<CertificateWatch> logger)
    {
        (_time, _logger) = (time, logger);
        if (!options.Value.IsOn) return;
        _files = new CertificateFiles(options.Value, role, time);
        (_texts, var faults) = _files.Read();
        if (_texts is not null) (_current, faults) = _files.Parse(_texts);
        if (_current is null) throw new StartupException(ExitCode.InvalidConfiguration, string.Join(' ', faults)); // since they were found valid a moment ago
    }

    /// <summary>What a connection that begins now uses; null when there is no TLS.</summary>
    public TlsIdentity? Current => _current;

    /// <summary>Looks at the files once.</summary>
    internal void Look()
    {
        if (_files is null) return;
        var (texts, faults) = _files.Read();
        if (texts is not null && texts == _texts)
        {
            _seenFault = _saidFault = null;
        }
        else
        {
            (var identity, faults) = texts is null ? (null, faults) : _files.Parse(texts);
            if (identity is null) Keep(string.Join(' ', faults));
            else Exchange(texts!, identity);
        }

        SayWhenItExpires();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_current is null) return;
        Log.Uses(_logger, _current);
        using var rounds = new PeriodicTimer(Interval, _time);
        try
        {
            do Look();
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }

    private void Exchange(PemTexts texts, TlsIdentity identity)
    {
        (_texts, _current, _seenFault, _saidFault) = (texts, identity, null, null);
        Log.Exchanged(_logger, identity);
    }

    // Who replaces files one after another may be in the middle of it: what is wrong has to be so twice.
    private void Keep(string fault)
    {
        if (fault == _seenFault && fault != _saidFault) Log.Kept(_logger, _saidFault = fault);
        _seenFault = fault;
    }

    private void SayWhenItExpires()
    {
        var certificate = _current!.Certificate;
        if (_saidExpiring == _current || certificate.NotAfter - _time.GetUtcNow() > (certificate.NotAfter - certificate.NotBefore) * LastPart) return;
        Log.Expires(_logger, _saidExpiring = _current);
    }

    private static partial class Log
    {
        [LoggerMessage(1031, LogLevel.Information, "TLS between silos, and between gateways and silos, with the certificate {Certificate}.")]
        public static partial void Uses(ILogger logger, TlsIdentity certificate);

        [LoggerMessage(1032, LogLevel.Information, "The certificate has been replaced: new connections use {Certificate}.")]
        public static partial void Exchanged(ILogger logger, TlsIdentity certificate);

        [LoggerMessage(1033, LogLevel.Warning, "The files of the certificate have changed and cannot be used; the certificate that there was stays in use. {Faults}")]
        public static partial void Kept(ILogger logger, string faults);

        [LoggerMessage(1034, LogLevel.Warning, "The certificate expires soon, and then no connection can be opened with it: {Certificate}. Replace its files (Cluster:Tls); nothing has to be restarted.")]
        public static partial void Expires(ILogger logger, TlsIdentity certificate);
    }
}
