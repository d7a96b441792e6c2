using System.IO.Pipelines;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Connections;

/// <summary>What an adapter knows of a connection that it has accepted.</summary>
/// <param name="Listener">The listener's name.</param>
/// <param name="Peer">The peer's address.</param>
/// <param name="Transport">The bytes.</param>
/// <param name="CountUnread">How many bytes of the peer the kernel holds that the transport has not read yet. From any thread.</param>
/// <param name="SettleAsync">Ends when what the transport had received is in its pipe.</param>
/// <param name="CloseAsync">Sends what the transport still holds, then FIN; ends when the transport is closed.</param>
/// <param name="Abort">Closes the transport without waiting for the peer.</param>
/// <param name="Codec">The framing.</param>
/// <param name="Limits">The limits of the listener.</param>
/// <param name="Metrics">Where to count.</param>
internal sealed record AcceptedConnection(
    string Listener,
    string Peer,
    IDuplexPipe Transport,
    Func<int> CountUnread,
    Func<Task> SettleAsync,
    Func<ValueTask> CloseAsync,
    Action Abort,
    IFrameCodec Codec,
    ConnectionLimits Limits,
    GatewayMetrics.ListenerMetrics Metrics);

/// <summary>Takes a connection from admission to release: one owner, one loop, one exit.</summary>
internal sealed partial class ConnectionLife(
    ConnectionAdmission admission,
    IBackend backend,
    ConnectionRegistry registry,
    RefusalLog refusals,
    GatewayRun run,
    CoarseClock clock,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    BufferBudget budget,
    ILogger<ConnectionLife> logger) : IDisposable
{
    /// <summary>
    /// How many refused peers' FINs are waited for at a time: in a flood a descriptor is worth more than to know that the words were read.
    /// Each takes up to a second, so that this many go in good order a thousand times a second, and take a tenth of the descriptors that
    /// the default connection limit takes. Others get the words as well, and a reset may overtake these.
    /// </summary>
    public const int MaxRefusalsAtATime = 1000;

    // At the end of a lease a connection must be gone, told or not: who lingers is aborted then, and a reset may overtake the words.
    private static readonly TimeSpan LongestLingerWithoutALease = TimeSpan.FromMilliseconds(100);

    // For one line, after the linger: whoever has not taken it by then does not read. Nobody counts it any
    // more, so it must not keep its descriptor.
    private static readonly TimeSpan RefusedCloseTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _farewells = new(new() { PermitLimit = MaxRefusalsAtATime, QueueLimit = 0 });
    private readonly string _gateway = options.Value.EffectiveName;
    private long _lastNumber;

    /// <summary>Runs a connection until its transport is closed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">The drain's deadline: gives the connection up. Not the peer's FIN: its echoes are still due.</param>
    /// <remarks>
    /// 1. Admission. 2. Open the grain. 3. Pump. 4. Say why it ends. 5. Close the transport. 6. Release. 7. Close the grain.
    /// </remarks>
    public async Task RunAsync(AcceptedConnection connection, CancellationToken cancellationToken)
    {
        connection.Metrics.Accepted();
        using var admitted = await AdmitAsync(cancellationToken);
        if (admitted.Rejection is { } rejection)
        {
            await RefuseAsync(connection, rejection, cancellationToken);
            return;
        }

        var id = ConnectionId.Create(run.Name, Interlocked.Increment(ref _lastNumber));
        var wait = registry.WaitToken(admitted, cancellationToken);
        registry.AddOpening(admitted, connection.Abort);
        var (grain, failure) = await OpenAsync(id, connection, wait, cancellationToken);
        if (grain is null)
        {
            registry.RemoveOpening(admitted);
            admitted.Dispose(); // before it is told: a peer that takes its time must not keep others out
            await RefuseAsync(connection, failure, cancellationToken);
            return;
        }

        connection.Metrics.Opened();
        Log.Opened(logger, id, connection.Listener, connection.Peer);
        var pump = new ConnectionPump(
            connection.Transport, connection.CountUnread, connection.SettleAsync, connection.Codec, grain, admitted, connection.Limits,
            connection.Metrics, clock, time, budget);
        var reason = CloseReason.InternalError;
        registry.Add(pump, connection.Abort);
        registry.RemoveOpening(admitted); // after the pump is there: a drain waits until there is neither
        try
        {
            reason = await PumpAsync(pump, id, wait, cancellationToken);
            if (admitted.IsVoid && reason is CloseReason.Aborted) reason = CloseReason.QuotaLost; // the registry had to abort it
            if (!pump.HasUnsentEchoes && ReasonTexts.For(reason, connection.Limits) is { } text)
            {
                var linger = pump.PeerHasFinished ? TimeSpan.Zero : LingerFor(reason, connection.Limits);
                await Farewell.SayAsync(connection.Transport, connection.Codec, reason.ToString(), text, linger, time, cancellationToken);
            }

            // What it holds is wanted now and waits for its peer, or is not all of its echo.
            if (reason is CloseReason.BuffersExhausted && pump.HasUnsentEchoes) connection.Abort();
            reason = await CloseAsync(connection, reason, cancellationToken); // before the release: until then it holds a descriptor
        }
        finally
        {
            pump.ReleaseBuffers();
            registry.Release(pump); // first: the quota must not count it among those that are to close
            admitted.Dispose();
            connection.Metrics.Closed(reason);
            Log.Closed(logger, id, reason);
            await CloseGrainAsync(grain, id, reason);
            registry.Remove(pump); // last: a drain waits for the grain to hear of it
        }
    }

    public void Dispose() => _farewells.Dispose();

    private static TimeSpan LingerFor(CloseReason reason, ConnectionLimits limits) =>
        reason is CloseReason.QuotaLost && limits.Linger > LongestLingerWithoutALease ? LongestLingerWithoutALease : limits.Linger;

    private async ValueTask<AdmissionDecision> AdmitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await admission.AdmitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new(RejectReason.Draining); // only a drain gives up a connection that is not open yet
        }
    }

    private async Task<(IBackendConnection? Grain, RejectReason Failure)> OpenAsync(
        ConnectionId id, AcceptedConnection connection, CancellationToken wait, CancellationToken cancellationToken)
    {
        try
        {
            return (await backend.OpenAsync(id, Opening(connection), wait), default);
        }
        catch (OperationCanceledException) when (wait.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Its permit was about to become void.
            return (null, admission.IsDraining ? RejectReason.Draining : RejectReason.QuotaUnavailable);
        }
        catch (BackendOverloadedException)
        {
            return (null, admission.IsDraining ? RejectReason.Draining : RejectReason.Overloaded);
        }
        catch (Exception fault) when (fault is BackendUnavailableException or OperationCanceledException)
        {
            return (null, admission.IsDraining ? RejectReason.Draining : RejectReason.BackendUnavailable);
        }
        catch (Exception fault)
        {
            Log.Failed(logger, id, fault);
            return (null, RejectReason.InternalError);
        }
    }

    private async Task<CloseReason> PumpAsync(
        ConnectionPump pump, ConnectionId id, CancellationToken wait, CancellationToken cancellationToken)
    {
        try
        {
            var reason = await pump.RunAsync(wait);
            // A flush cannot tell.
            return reason is CloseReason.PeerReset && cancellationToken.IsCancellationRequested ? CloseReason.Aborted : reason;
        }
        catch (BackendUnavailableException)
        {
            return CloseReason.BackendUnavailable;
        }
        catch (OutOfMemoryException)
        {
            return CloseReason.BuffersExhausted; // there was no memory for what it holds: the budget is larger than what the process has
        }
        catch (ConnectionAbortedException)
        {
            return CloseReason.Aborted;
        }
        catch (OperationCanceledException) when (wait.IsCancellationRequested)
        {
            return cancellationToken.IsCancellationRequested ? CloseReason.Aborted : pump.RequestedReason ?? CloseReason.QuotaLost;
        }
        catch (IOException) // ConnectionResetException is one
        {
            return CloseReason.PeerReset;
        }
        catch (Exception fault)
        {
            Log.Failed(logger, id, fault);
            return CloseReason.InternalError;
        }
    }

    /// <summary>
    /// Closes the transport within the send time-out: a peer that does not take its last echoes must not keep the socket.
    /// </summary>
    private async Task<CloseReason> CloseAsync(AcceptedConnection connection, CloseReason reason, CancellationToken cancellationToken)
    {
        if (reason is CloseReason.SendTimeout or CloseReason.Aborted) connection.Abort();
        var cut = await CloseTransportAsync(connection, connection.Limits.SendTimeout, cancellationToken);
        return reason is CloseReason.PeerClosed ? cut ?? reason : reason; // a reason that the peer was told stands
    }

    /// <summary>Closes the transport.</summary>
    /// <returns>Why it was cut off before the peer had taken all; null when it was not.</returns>
    private async Task<CloseReason?> CloseTransportAsync(AcceptedConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        await connection.Transport.Output.CompleteAsync(); // FIN, after the last echo
        var closing = connection.CloseAsync().AsTask();
        CloseReason cut;
        try
        {
            await closing.WaitAsync(limit == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : limit, time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            cut = CloseReason.SendTimeout;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            cut = CloseReason.Aborted;
        }

        connection.Abort();
        await closing;
        return cut;
    }

    private async Task CloseGrainAsync(IBackendConnection grain, ConnectionId id, CloseReason reason)
    {
        try
        {
            await grain.CloseAsync(reason);
        }
        catch (Exception fault)
        {
            Log.Failed(logger, id, fault);
        }
    }

    private ConnectionOpening Opening(AcceptedConnection connection) => new()
    {
        Gateway = _gateway,
        Listener = connection.Listener,
        Peer = connection.Peer,
        OpenedAt = time.GetUtcNow(),
        NextSequence = 1,
    };

    private async Task RefuseAsync(AcceptedConnection connection, RejectReason reason, CancellationToken cancellationToken)
    {
        connection.Metrics.Rejected(reason);
        refusals.Refused(reason, connection.Listener, connection.Peer);
        using var turn = _farewells.AttemptAcquire();
        var linger = turn.IsAcquired ? connection.Limits.Linger : TimeSpan.Zero;
        await Farewell.SayAsync(
            connection.Transport, connection.Codec, reason.ToString(), ReasonTexts.For(reason), linger, time, cancellationToken);

        await CloseTransportAsync(connection, RefusedCloseTimeout, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Debug, "Connection {Id} on listener {Listener} from {Peer} is open.")]
        public static partial void Opened(ILogger logger, ConnectionId id, string listener, string peer);

        [LoggerMessage(2002, LogLevel.Debug, "Connection {Id} is closed: {Reason}.")]
        public static partial void Closed(ILogger logger, ConnectionId id, CloseReason reason);

        [LoggerMessage(2003, LogLevel.Error, "Connection {Id} failed.")]
        public static partial void Failed(ILogger logger, ConnectionId id, Exception fault);
    }
}
