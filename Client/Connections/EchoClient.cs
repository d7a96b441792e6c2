using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Gateways;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>
/// One connection to a gateway. Any number of callers may send at the same time; each gets its own echo, checked byte for byte against
/// what it sent. A client whose connection has ended stays so: make another, or use a pool.
/// </summary>
public sealed class EchoClient : IAsyncDisposable
{
    private const byte LineEnd = (byte)'\n';

    private readonly EchoSession _session;
    private readonly int _maxMessageBytes;
    private readonly bool _isLine;
    private int _isDisposed;

    private EchoClient(EchoSession session, EchoConnectionOptions options, IFrameCodec codec) =>
        (_session, _maxMessageBytes, _isLine) = (session, options.MaxMessageBytes, codec == Framings.Line);

    /// <summary>The gateway's address, as it was given.</summary>
    public string Gateway => _session.Gateway;

    /// <summary>Whether the connection stands, as far as anybody can know.</summary>
    public bool IsOpen => _session.IsOpen;

    internal bool HasTimedOut => _session.HasTimedOut;

    /// <inheritdoc cref="EchoSession.EchoedSince"/>
    internal long? EchoedSince => _session.EchoedSince;

    internal Task<SessionEnd> Completion => _session.Completion;

    /// <summary>Connects. A gateway that refuses the connection is only heard of with the first request.</summary>
    /// <param name="gateway">Where it listens: <c>echo.example:7001</c>, <c>10.0.0.1:7001</c>, <c>[::1]:7001</c> or <c>unix:/path</c>.</param>
    /// <param name="options">How to talk to it; the defaults when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OptionsValidationException">The address or options are wrong; the message has a line for each fault.</exception>
    /// <exception cref="EchoConnectException">There is no connection within <see cref="EchoConnectionOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<EchoClient> ConnectAsync(string gateway, EchoConnectionOptions? options = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        options ??= new EchoConnectionOptions();
        var faults = new List<string>();
        if (!GatewayAddress.TryParse(gateway, out var address, out var fault)) faults.Add($"'{gateway}' is no address of a gateway: {fault}.");
        EchoConnectionOptionsChecks.Check(options, "", faults);
        if (faults.Count > 0 || address is null) throw new OptionsValidationException(nameof(EchoConnectionOptions), typeof(EchoConnectionOptions), faults);
        var endPoint = address.EndPoint ?? new DnsEndPoint(address.Host, address.Port);
        return await ConnectAsync(new SocketConnector(options.Tls), address, endPoint, options, time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects by a connector, to one of the places that an address stands for. Requests are counted with those of other connections to it.</summary>
    internal static async Task<EchoClient> ConnectAsync(
        IConnector connector, GatewayAddress address, EndPoint endPoint, EchoConnectionOptions options, TimeProvider time, CancellationToken cancellationToken, RequestCount? requests = null)
    {
        if (!Framings.TryGet(options.Framing, out var codec)) throw new ArgumentException($"'{options.Framing}' is no framing.", nameof(options));
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var stream = await connector.ConnectAsync(endPoint, address.Host, either.Token).ConfigureAwait(false);
            return new EchoClient(new EchoSession(address.Text, stream, codec, options, time, requests), options, codec);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EchoConnectException(address.Text, $"it took longer than {options.ConnectTimeout.TotalSeconds:0.###} s (ConnectTimeout)");
        }
        catch (Exception fault) when (fault is SocketException or IOException or AuthenticationException)
        {
            throw new EchoConnectException(address.Text, fault.Message.TrimEnd('.'), fault);
        }
    }

    /// <summary>Sends a message and waits for its echo. Messages are sent in the order of the calls, as long as requests in flight are below their maximum.</summary>
    /// <param name="message">The message, up to <see cref="EchoConnectionOptions.MaxMessageBytes"/>; without LF (0x0A) where the framing is <c>line</c>. It is copied before the call returns, unless requests in flight are at their maximum.</param>
    /// <param name="cancellationToken">Ends the waiting. The message may have been handled; its echo is dropped, and other requests notice nothing.</param>
    /// <returns>The echo. Dispose of it when it was read.</returns>
    /// <exception cref="ArgumentException">The message is too long, or has an LF in a line.</exception>
    /// <exception cref="TimeoutException">No echo within <see cref="EchoConnectionOptions.RequestTimeout"/>; it is dropped when it comes.</exception>
    /// <exception cref="EchoRefusedException">The gateway refuses the connection.</exception>
    /// <exception cref="EchoClosedException">The gateway has closed the connection, such as for a message longer than its own limit.</exception>
    /// <exception cref="EchoConnectionLostException">The connection ended without a reason.</exception>
    /// <exception cref="EchoProtocolException">Something else than the echo came.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<EchoReply> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) => SendCoreAsync(message, null, cancellationToken);

    /// <summary>The same, with a time-out of its own. One that is shorter than the option's says nothing about the connection; a pool goes on using it.</summary>
    /// <param name="message">The message, as above.</param>
    /// <param name="timeout">How long to wait for the echo, from the call on, instead of <see cref="EchoConnectionOptions.RequestTimeout"/>: 1 ms to 1 h.</param>
    /// <param name="cancellationToken">Ends the waiting, as above.</param>
    /// <returns>The echo. Dispose of it when it was read.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time-out is out of its range.</exception>
    /// <exception cref="TimeoutException">No echo within <paramref name="timeout"/>; it is dropped when it comes.</exception>
    /// <remarks>Other exceptions are those of <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</remarks>
    public ValueTask<EchoReply> SendAsync(ReadOnlyMemory<byte> message, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        SendCoreAsync(message, Checked(timeout), cancellationToken);

    /// <summary>A call's own time-out, if it is one.</summary>
    internal static TimeSpan? Checked(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, EchoConnectionOptionsChecks.ShortestTimeout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, EchoConnectionOptionsChecks.LongestTimeout);
        return timeout;
    }

    private ValueTask<EchoReply> SendCoreAsync(ReadOnlyMemory<byte> message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed is not 0, this);
        if (message.Length > _maxMessageBytes)
            throw new ArgumentException($"The message has {message.Length} bytes; MaxMessageBytes allows {_maxMessageBytes}.", nameof(message));
        if (_isLine && message.Span.Contains(LineEnd))
            throw new ArgumentException("The message has an LF (0x0A) in it, which ends a message of the framing line; use length-prefixed for such messages.", nameof(message));
        return _session.SendAsync(message, timeout, cancellationToken);
    }

    /// <summary>The same, into memory of the caller.</summary>
    /// <param name="message">The message, as above.</param>
    /// <param name="reply">Where the echo goes: as long as the message at least. It is written to only after the echo has come.</param>
    /// <param name="cancellationToken">Ends the waiting, as above.</param>
    /// <returns>The length of the echo, in bytes.</returns>
    /// <exception cref="ArgumentException">The message is as above, or longer than <paramref name="reply"/>.</exception>
    /// <remarks>Other exceptions are those of <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</remarks>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> message, Memory<byte> reply, CancellationToken cancellationToken = default) => CopyAsync(message, reply, null, cancellationToken);

    /// <summary>The same, into memory of the caller and with a time-out of its own.</summary>
    /// <param name="message">The message, as above.</param>
    /// <param name="reply">Where the echo goes, as above.</param>
    /// <param name="timeout">How long to wait for the echo, from the call on, instead of <see cref="EchoConnectionOptions.RequestTimeout"/>: 1 ms to 1 h.</param>
    /// <param name="cancellationToken">Ends the waiting, as above.</param>
    /// <returns>The length of the echo, in bytes.</returns>
    /// <exception cref="ArgumentException">The message is as above, or longer than <paramref name="reply"/>; or the time-out is out of its range.</exception>
    /// <exception cref="TimeoutException">No echo within <paramref name="timeout"/>; it is dropped when it comes.</exception>
    /// <remarks>Other exceptions are those of <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</remarks>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> message, Memory<byte> reply, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        CopyAsync(message, reply, Checked(timeout), cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> CopyAsync(ReadOnlyMemory<byte> message, Memory<byte> reply, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (reply.Length < message.Length) throw new ArgumentException($"The reply has room for {reply.Length} bytes; the echo will have {message.Length}.", nameof(reply));
        using var echo = await SendCoreAsync(message, timeout, cancellationToken).ConfigureAwait(false);
        echo.Memory.CopyTo(reply);
        return echo.Length;
    }

    /// <summary>Closes the connection. Requests that wait end with an <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _isDisposed, 1) is 0 ? _session.DisposeAsync() : ValueTask.CompletedTask;
}
