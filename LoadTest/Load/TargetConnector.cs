using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Opens connections to one target.</summary>
internal sealed class TargetConnector
{
    private const int BindAddressNoPort = 24; // IP_BIND_ADDRESS_NO_PORT, ip(7): the port is chosen for the pair of addresses, not for ours alone
    private const int MostFromOneAddress = 20_000;
    private const int ChurnAddresses = 8;

    private readonly LoadTarget _target;
    private readonly IPEndPoint _address;
    private readonly IReadOnlyList<IPAddress> _sources;
    private readonly SslClientAuthenticationOptions? _tls;
    private int _turn;

    private TargetConnector(LoadTarget target, IPEndPoint address, IReadOnlyList<IPAddress> sources)
    {
        (_target, _address, _sources) = (target, address, sources);
        if (target.Tls is { } tls) _tls = Options(target, tls);
    }

    /// <summary>The framing of its listener.</summary>
    public WireFraming Framing => WireFraming.Of(_target.Framing);

    /// <summary>Whether it is spoken to in TLS.</summary>
    public bool IsSecure => _tls is not null;

    /// <summary>Its name in reports.</summary>
    public string Name => _target.Name;

    /// <summary>Finds a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="scenario">How many connections there are to be, and from where.</param>
    /// <param name="cancellationToken">Ends the search for its address.</param>
    /// <exception cref="CannotRunException">It has no address, or its certificates cannot be read.</exception>
    public static async Task<TargetConnector> FindAsync(LoadTarget target, LoadScenario scenario, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(target.Host, out var address) ? [address] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
            if (addresses.Length is 0) throw new CannotRunException($"{target.Name}: the name has no address.");
            var sources = Sources(addresses[0], scenario);
            return new TargetConnector(target, new IPEndPoint(addresses[0], target.Port), sources);
        }
        catch (SocketException fault)
        {
            throw new CannotRunException($"{target.Name}: there is no address for '{target.Host}' ({fault.Message}). Check the name.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new CannotRunException($"{target.Name}: its certificates cannot be read: {fault.Message}");
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="TargetException">It could not be opened.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the run ends.</exception>
    public async ValueTask<Transport> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Bind(socket);
            await socket.ConnectAsync(_address, cancellationToken);
            return _tls is null ? new SocketTransport(socket) : new TlsTransport(await HandshakeAsync(socket, cancellationToken));
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new TargetException(ClassOf(fault.SocketErrorCode), Words(fault));
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    // Ports of one address are used up sooner than a load is: 127.0.0.0/8 has enough addresses.
    private static IReadOnlyList<IPAddress> Sources(IPAddress address, LoadScenario scenario)
    {
        if (scenario.Sources.Count > 0) return [.. scenario.Sources.Select(IPAddress.Parse)];
        if (!OperatingSystem.IsLinux() || !IPAddress.IsLoopback(address) || address.AddressFamily is not AddressFamily.InterNetwork) return [];
        var most = scenario.Stages.Max(s => s.Connections);
        var count = scenario.Flows.Any(f => f.Kind is FlowKind.Churn) ? ChurnAddresses : (most / MostFromOneAddress) + 1;
        return count is 1 ? [] : [.. Enumerable.Range(1, count).Select(i => new IPAddress([127, 0, (byte)(i >> 8), (byte)i]))];
    }

    private static SslClientAuthenticationOptions Options(LoadTarget target, LoadTls tls)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = tls.ServerName ?? target.Host, AllowTlsResume = false };
#pragma warning disable CA5359 // Somebody has asked for it: what is measured is not who answers.
        if (tls.AcceptsAny) options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (tls.Authority is not null)
        {
            var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            chain.CustomTrustStore.ImportFromPemFile(tls.Authority);
            options.CertificateChainPolicy = chain;
        }

        if (tls.Certificate is not null) options.ClientCertificates = [X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key)];
        return options;
    }

    private static ErrorClass ClassOf(SocketError error) => error switch
    {
        SocketError.TimedOut => ErrorClass.Timeout,
        SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse or SocketError.TooManyOpenSockets => ErrorClass.Local,
        _ => ErrorClass.Connect,
    };

    private static string Words(SocketException fault) => fault.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse => "this machine has no port left for another connection; give more addresses with --source",
        SocketError.TooManyOpenSockets => "this process may not open more files; raise its limit (ulimit -n)",
        _ => char.ToLowerInvariant(fault.Message[0]) + fault.Message[1..],
    };

    private void Bind(Socket socket)
    {
        if (_sources.Count is 0) return;
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(0, BindAddressNoPort, [1, 0, 0, 0]);
        socket.Bind(new IPEndPoint(_sources[(int)((uint)Interlocked.Increment(ref _turn) % (uint)_sources.Count)], 0));
    }

    private async ValueTask<SslStream> HandshakeAsync(Socket socket, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(_tls!, cancellationToken);
            return stream;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new TargetException(ErrorClass.Tls, $"the TLS handshake failed: {fault.InnerException?.Message ?? fault.Message}");
        }
    }
}
