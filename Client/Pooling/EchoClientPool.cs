using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Diagnostics;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>
/// Connections to one or several gateways, lent to callers in the order in which they ask. Thread-safe. It begins to fill itself to its
/// minimum size when it is made, and drains when it is disposed of.
/// </summary>
public sealed class EchoClientPool : IAsyncDisposable, IDisposable
{
    // As often as idle and old connections, leaks, names and gateways that may be tried again are looked at: cheap, and soon enough.
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly EchoClientPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly PoolState _state;
    private readonly PoolDuties _duties;
    private readonly PoolMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _tick;

    /// <summary>Makes a pool. The options are not to be changed afterwards.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="meters">Where the meter <c>OrleansEcho.Client</c> comes from; one of its own when null.</param>
    /// <param name="logger">Where to log; nowhere when null.</param>
    /// <exception cref="OptionsValidationException">Options are wrong; the message has a line for each fault.</exception>
    public EchoClientPool(EchoClientPoolOptions options, TimeProvider? time = null, IMeterFactory? meters = null, ILogger<EchoClientPool>? logger = null)
        : this(options, seams: null, time, meters, logger)
    {
    }

    internal EchoClientPool(EchoClientPoolOptions options, PoolSeams? seams, TimeProvider? time, IMeterFactory? meters, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new EchoClientPoolOptionsValidator().Validate(null, options) is { Failed: true } result)
            throw new OptionsValidationException(nameof(EchoClientPoolOptions), typeof(EchoClientPoolOptions), result.Failures);
        (_options, _time, _logger) = (options, time ?? TimeProvider.System, new QuietLogger(logger ?? NullLogger.Instance));
        _start = _time.GetTimestamp();
        seams ??= new PoolSeams(new SocketConnector(options.Connection.Tls, "Connection:Tls:"), new DnsResolver(), new Random());
        var addresses = options.Gateways.Select(text => GatewayAddress.TryParse(text, out var address, out _) ? address : throw new InvalidOperationException("The validator took no address for one."));
        var gateways = new GatewaySet(addresses, options.Choice, options.FirstEjection, options.LongestEjection, options.ResolveInterval, seams.Random);
        _metrics = new PoolMetrics(meters, options.Name, _logger);
        _duties = new PoolDuties(this, new PoolWorker(options, seams, _time), _metrics, _logger, options.Name, _drained, _closing.Token);
        _state = new PoolState(options, gateways, seams.Random, _duties);
        _metrics.Observe(ReadStatistics);
        using var own = OwnContext.Begin();
        Tick(); // names are being resolved before the first caller asks
        _tick = _time.CreateTimer(static pool => ((EchoClientPool)pool!).Tick(), this, TickInterval, TickInterval);
    }

    /// <summary>Leases a connection. <c>await using</c> returns it.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="member">Who asks: filled in by the compiler, and told when the lease is held for too long.</param>
    /// <param name="file">Where.</param>
    /// <param name="line">Where.</param>
    /// <returns>A lease, in the order of the calls.</returns>
    /// <exception cref="EchoPoolTimeoutException">None was free within <see cref="EchoClientPoolOptions.AcquireTimeout"/>.</exception>
    /// <exception cref="EchoGatewaysDownException">The pool has no connection, and no gateway can be used.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<EchoLease> AcquireAsync(
        CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AcquireCoreAsync(null, new LeaseOrigin(member, file, line), cancellationToken);

    /// <summary>The same, with a time-out of its own.</summary>
    /// <param name="timeout">How long to wait for a connection, instead of <see cref="EchoClientPoolOptions.AcquireTimeout"/>: 1 ms to 1 h.</param>
    /// <inheritdoc cref="AcquireAsync(CancellationToken, string, string, int)" />
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="member">Who asks: filled in by the compiler.</param>
    /// <param name="file">Where.</param>
    /// <param name="line">Where.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time-out is out of its range.</exception>
    /// <exception cref="EchoPoolTimeoutException">None was free within <paramref name="timeout"/>.</exception>
    public ValueTask<EchoLease> AcquireAsync(
        TimeSpan timeout, CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AcquireCoreAsync(EchoClient.Checked(timeout), new LeaseOrigin(member, file, line), cancellationToken);

    private ValueTask<EchoLease> AcquireCoreAsync(TimeSpan? timeout, LeaseOrigin origin, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<EchoLease>(cancellationToken);
        var since = Now();
        EchoLease lease;
        AcquireRequest? request = null;
        lock (_gate)
        {
            if (!_state.TryAcquire(origin, since, out lease)) _state.Enqueue(request = new AcquireRequest(origin), since);
        }

        if (request is null)
        {
            _metrics.Acquired(TimeSpan.Zero); // outside of the lock: it calls whoever listens
            return new(lease);
        }

        DoDuties();
        return WaitAsync(request, timeout, since, cancellationToken);
    }

    /// <summary>Leases a connection for one message.</summary>
    /// <inheritdoc cref="EchoClient.SendAsync(ReadOnlyMemory{byte}, CancellationToken)" />
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="member">Who asks: filled in by the compiler.</param>
    /// <param name="file">Where.</param>
    /// <param name="line">Where.</param>
    /// <exception cref="EchoPoolTimeoutException">None was free within <see cref="EchoClientPoolOptions.AcquireTimeout"/>.</exception>
    /// <exception cref="EchoGatewaysDownException">The pool has no connection, and no gateway can be used.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<EchoReply> SendAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var lease = await AcquireAsync(cancellationToken, member, file, line).ConfigureAwait(false);
        try
        {
            return await lease.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The same, with a time-out of its own for all of it: a connection and the echo.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken, string, string, int)" />
    /// <param name="message">The message.</param>
    /// <param name="timeout">How long to wait, instead of <see cref="EchoClientPoolOptions.AcquireTimeout"/> and <see cref="EchoConnectionOptions.RequestTimeout"/>: 1 ms to 1 h.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="member">Who asks: filled in by the compiler.</param>
    /// <param name="file">Where.</param>
    /// <param name="line">Where.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time-out is out of its range.</exception>
    /// <exception cref="TimeoutException">No echo within <paramref name="timeout"/>; an <see cref="EchoPoolTimeoutException"/> when there was not even a connection.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<EchoReply> SendAsync(
        ReadOnlyMemory<byte> message, TimeSpan timeout, CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var since = _time.GetTimestamp();
        var lease = await AcquireAsync(timeout, cancellationToken, member, file, line).ConfigureAwait(false);
        try
        {
            var rest = timeout - _time.GetElapsedTime(since);
            return await lease.SendAsync(message, rest > EchoConnectionOptionsChecks.ShortestTimeout ? rest : EchoConnectionOptionsChecks.ShortestTimeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the pool has its minimum size, leased connections included.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EchoPoolTimeoutException">It took longer than <see cref="EchoClientPoolOptions.AcquireTimeout"/>.</exception>
    /// <exception cref="EchoGatewaysDownException">The pool has no connection, and no gateway can be used.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task PrewarmAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new FillRequest();
        Change((state, now) => state.Enqueue(request, now));
        using var timer = _time.CreateTimer(_ => GiveUp(request, (state, now) => state.NotFilled(now)), null, _options.AcquireTimeout, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(request, (_, _) => new OperationCanceledException(cancellationToken)), null);
        await request.Task.ConfigureAwait(false);
    }

    /// <summary>The pool at this moment: its counts, its gateways, and whether a caller can expect a connection.</summary>
    public EchoPoolStatistics ReadStatistics()
    {
        lock (_gate) return _state.Read(Now());
    }

    /// <summary>Drains the pool: leases nothing any more, ends those who wait, and closes each connection when it returns; those that do not, after <see cref="EchoClientPoolOptions.DrainTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync().ConfigureAwait(false);
        Change(static (state, now) => state.Close(now));
        await _closing.CancelAsync().ConfigureAwait(false);
        try
        {
            await _drained.Task.WaitAsync(_options.DrainTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abandon();
            await _drained.Task.ConfigureAwait(false);
        }

        await _duties.ClosedAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    /// <summary>Closes the pool at once, without a wait for leases.</summary>
    public void Dispose()
    {
        _tick.Dispose();
        Change(static (state, now) => state.Close(now));
        _closing.Cancel();
        Abandon();
        _metrics.Dispose();
    }

    /// <summary>Lets something happen to the state, and does what follows from it.</summary>
    internal void Change(Action<PoolState, TimeSpan> happens)
    {
        lock (_gate) happens(_state, Now());
        DoDuties();
    }

    /// <summary>A lease ends; nothing happens when it has already.</summary>
    internal void TakeBack(PooledConnection connection, long generation)
    {
        var isReusable = connection.Client is { IsOpen: true, HasTimedOut: false };
        TimeSpan? echoedSince = connection.Client?.EchoedSince is { } asked ? _time.GetElapsedTime(_start, asked) : null;
        lock (_gate) _state.Return(connection, generation, isReusable, echoedSince, Now());
        DoDuties();
    }

    private void Tick() => Change(static (state, now) => state.Tick(now));

    private TimeSpan Now() => _time.GetElapsedTime(_start);

    private void DoDuties()
    {
        while (true)
        {
            PoolEffect? effect;
            lock (_gate)
            {
                if (!_state.TryTakeEffect(out effect)) return;
            }

            _duties.Do(effect);
        }
    }

    private async ValueTask<EchoLease> WaitAsync(AcquireRequest request, TimeSpan? timeout, TimeSpan since, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = _time.CreateTimer(_ => GiveUp(request, (state, now) => state.TooLate(timeout, now)), null, timeout ?? _options.AcquireTimeout, Timeout.InfiniteTimeSpan);
            using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(request, (_, _) => new OperationCanceledException(cancellationToken)), null);
            var lease = await request.Task.ConfigureAwait(false);
            _metrics.Acquired(Now() - since);
            return lease;
        }
        catch (Exception fault)
        {
            _metrics.NotAcquired(Now() - since, fault);
            throw;
        }
    }

    // What happened first counts: who was served keeps the connection.
    private void GiveUp(AcquireRequest request, Func<PoolState, TimeSpan, Exception> why)
    {
        lock (_gate)
        {
            if (_state.GiveUp(request)) request.Fail(why(_state, Now()));
        }
    }

    private void GiveUp(FillRequest request, Func<PoolState, TimeSpan, Exception> why)
    {
        lock (_gate)
        {
            if (_state.GiveUp(request)) request.Fail(why(_state, Now()));
        }
    }

    private void Abandon()
    {
        var count = 0;
        Change((state, now) => count = state.Abandon(now));
        if (count > 0) PoolLog.Abandoned(_logger, _options.Name, count, _options.DrainTimeout.TotalSeconds);
    }
}
