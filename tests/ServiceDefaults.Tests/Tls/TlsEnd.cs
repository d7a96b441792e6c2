using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Certificates;

namespace OrleansEcho.ServiceDefaults.Tests.Tls;

/// <summary>A program at one end of connections, with its log.</summary>
internal sealed class TlsEnd : IDisposable
{
    private readonly CertificateFolder? _files;
    private readonly CertificateWatch _watch;
    private readonly LogCollector _log = new();

    /// <summary>Makes one that uses TLS; or none, where it has no certificate.</summary>
    public TlsEnd(TimeProvider time, CertificateRole role, TestCertificate? certificate, string authority)
    {
        var loggers = new LoggerFactory([_log]);
        _files = certificate is null ? null : new CertificateFolder(certificate, authority);
        var options = _files is null ? new ClusterTlsOptions() : new ClusterTlsOptions { Certificate = _files.Certificate, Key = _files.Key, Authority = _files.Authority };
        _watch = new CertificateWatch(Options.Create(options), role, time, loggers.CreateLogger<CertificateWatch>());
        Tls = new ClusterTls(_watch, new TlsFaultLog(time, loggers.CreateLogger<TlsFaultLog>()), time, loggers);
    }

    public ClusterTls Tls { get; }

    /// <summary>What it has written so far.</summary>
    public IEnumerable<string> Lines => _log.Lines.Select(line => line.Message);

    /// <summary>Runs a connection to its end, and closes it.</summary>
    public static async Task RunAsync(ConnectionContext connection, Action<IConnectionBuilder> tls, ConnectionDelegate use)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        var builder = new ConnectionBuilder(services);
        tls(builder);
        builder.Run(new Func<ConnectionContext, Task>(use.Invoke));
        var transport = connection.Transport;
        try
        {
            await builder.Build()(connection);
        }
        finally
        {
            Assert.Same(transport, connection.Transport);
            await transport.Input.CompleteAsync();
            await transport.Output.CompleteAsync();
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _files?.Dispose();
        _log.Dispose();
    }
}
