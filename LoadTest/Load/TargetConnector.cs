using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Opens connections to one target: to the address that answered last, and to the next one of its name where it does not answer any more.</summary>
internal sealed class TargetConnector
{
    private const int BindAddressNoPort = 24; // IP_BIND_ADDRESS_NO_PORT, ip(7): the port is chosen for the pair of addresses, not for ours alone
    private const int MostFromOneAddress = 20_000;
    private const int ChurnAddresses = 8;

    private readonly LoadTarget _target;
    private readonly (IPEndPoint Address, IReadOnlyList<IPAddress> Sources)[] _addresses;
    private readonly TimeSpan _patience;
    private readonly SslClientAuthenticationOptions? _tls;
    private volatile int _answering;
    private int _turn;

    private TargetConnector(LoadTarget target, (IPEndPoint Address, IReadOnlyList<IPAddress> Sources)[] addresses, TimeSpan patience)
    {
        (_target, _addresses, _patience) = (target, addresses, patience);
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
            return Of(target, addresses, scenario);
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

    /// <summary>A target whose addresses are known.</summary>
    /// <param name="target">The target.</param>
    /// <param name="addresses">Its addresses, in the order in which they are to be tried.</param>
    /// <param name="scenario">How many connections there are to be, from where, and how long one may take to be opened.</param>
    /// <exception cref="CannotRunException">There is none that can be reached from the scenario's sources.</exception>
    public static TargetConnector Of(LoadTarget target, IReadOnlyList<IPAddress> addresses, LoadScenario scenario)
    {
        if (addresses.Count is 0) throw new CannotRunException($"{target.Name}: the name has no address.");
        var own = scenario.Sources.Select(IPAddress.Parse).Select(s => s.AddressFamily).ToHashSet();
        IPAddress[] possible = [.. addresses.Where(a => own.Count is 0 || own.Contains(a.AddressFamily))];
        if (possible.Length is 0)
            throw new CannotRunException($"{target.Name}: no --source is of the family of {string.Join(", ", addresses)}; give one that is.");
        var ends = possible.Select(a => (new IPEndPoint(a, target.Port), Sources(a, scenario)));
        return new TargetConnector(target, [.. ends], scenario.Timeout / possible.Length);
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="TargetException">It could not be opened: at no address, where the name has several.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the run ends.</exception>
    public async ValueTask<Transport> ConnectAsync(CancellationToken cancellationToken)
    {
        List<(string Words, IPAddress Address)>? faults = null;
        for (var (tried, at) = (1, _answering); ; tried++, at = (at + 1) % _addresses.Length)
        {
            var isLast = tried == _addresses.Length;
            using var patience = isLast ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience?.CancelAfter(_patience);
            try
            {
                var transport = await ConnectAsync(at, patience?.Token ?? cancellationToken);
                _answering = at;
                return transport;
            }
            catch (TargetException fault) when (fault.Error is not ErrorClass.Tls) // there somebody answers
            {
                (faults ??= []).Add((fault.Message, _addresses[at].Address.Address));
                if (isLast) throw new TargetException(fault.Error, Words(faults));
            }
            catch (OperationCanceledException) when (!isLast && !cancellationToken.IsCancellationRequested)
            {
                (faults ??= []).Add(("no answer", _addresses[at].Address.Address));
            }
        }
    }

    // What is wrong, and where, unless the target's own name says where.
    private string Words(List<(string Words, IPAddress Address)> faults) => IPAddress.TryParse(_target.Host, out _)
        ? faults[^1].Words
        : string.Join("; ", faults.GroupBy(f => f.Words, f => f.Address).Select(g => $"{g.Key} ({string.Join(", ", g)})"));

    private async ValueTask<Transport> ConnectAsync(int at, CancellationToken cancellationToken)
    {
        var (address, sources) = _addresses[at];
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Bind(socket, sources);
            await socket.ConnectAsync(address, cancellationToken);
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
        if (scenario.Sources.Count > 0) return [.. scenario.Sources.Select(IPAddress.Parse).Where(s => s.AddressFamily == address.AddressFamily)];
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

    private void Bind(Socket socket, IReadOnlyList<IPAddress> sources)
    {
        if (sources.Count is 0) return;
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(0, BindAddressNoPort, [1, 0, 0, 0]);
        socket.Bind(new IPEndPoint(sources[(int)((uint)Interlocked.Increment(ref _turn) % (uint)sources.Count)], 0));
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
