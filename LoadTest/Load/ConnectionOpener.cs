using System.Threading.Channels;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Opens connections, a few at a time, and again where they have ended.</summary>
internal sealed class ConnectionOpener(LoadScenario scenario, RunContext run, TimeProvider time) : IAsyncDisposable
{
    // A gateway that has gone is not asked a thousand times a second; one that comes back is noticed within one.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Channel<ConnectionPlace> _queue = Channel.CreateUnbounded<ConnectionPlace>();
    private readonly CancellationTokenSource _ending = new();
    private Task _workers = Task.CompletedTask;
    private long _lastId;
    private int _pending;
    private volatile string? _lastFault;

    /// <summary>What the last one that failed said.</summary>
    public string? LastFault => _lastFault;

    /// <summary>How many are on their way, or wait for their turn.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Begins.</summary>
    public void Start() => _workers = Task.WhenAll(Enumerable.Range(0, scenario.ConnectWindow).Select(_ => WorkAsync()));

    /// <summary>Ends: nothing is opened any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _workers;
    }

    /// <summary>Opens a connection in a place where there is none.</summary>
    public void Open(ConnectionPlace place)
    {
        Interlocked.Increment(ref _pending);
        _queue.Writer.TryWrite(place);
    }

    /// <summary>Opens another one in a place whose connection has ended.</summary>
    public void Reopen(ConnectionPlace place, ConnectionEnd end)
    {
        if (end is ConnectionEnd.Ours)
        {
            place.Failures = 0;
            Open(place);
            return;
        }

        place.Connection.IsBroken = place.IsWanted;
        if (scenario.Reconnects) _ = OpenLaterAsync(place);
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var place in _queue.Reader.ReadAllAsync(_ending.Token))
            {
                if (run.IsSending && place.IsWanted && !place.Connection.IsOpen) await OpenAsync(place);
                Interlocked.Decrement(ref _pending);
            }
        }
        catch (OperationCanceledException)
        {
            // The run ends.
        }
    }

    private async Task OpenLaterAsync(ConnectionPlace place)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(place.Failures++, 10));
        try
        {
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, _ending.Token);
            Open(place);
        }
        catch (OperationCanceledException)
        {
            // The run ends.
        }
    }

    private async Task OpenAsync(ConnectionPlace place)
    {
        var start = run.Now;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        patience.CancelAfter(scenario.Timeout);
        try
        {
            var transport = await place.Connector.ConnectAsync(patience.Token);
            var took = run.Nanoseconds(start, run.Now);
            if (!place.Connection.TryBegin(transport, Interlocked.Increment(ref _lastId)))
            {
                transport.Dispose();
                return;
            }

            lock (place.Connection.Shard.Gate)
            {
                var counts = place.Connection.Shard.Counts;
                counts.Opened++;
                counts.ConnectTime.Record(took);
            }
        }
        catch (TargetException fault)
        {
            Failed(place, fault.Error, $"{place.Connector.Name}: {fault.Message}");
        }
        catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
        {
            Failed(place, ErrorClass.Timeout,
                $"{place.Connector.Name}: no answer{(place.Connector.IsSecure ? ", or none that is TLS" : "")}");
        }
    }

    private void Failed(ConnectionPlace place, ErrorClass error, string words)
    {
        _lastFault = words;
        lock (place.Connection.Shard.Gate) place.Connection.Shard.Counts.Errors[(int)error]++;
        Reopen(place, ConnectionEnd.Fault);
    }

    /// <summary>Where a connection may be.</summary>
    internal sealed class ConnectionPlace(TargetConnector connector)
    {
        private volatile bool _isWanted;

        /// <summary>Where it goes to.</summary>
        public TargetConnector Connector => connector;

        /// <summary>Its number of all that the scenario has: the first ones are filled.</summary>
        public required int Number { get; init; }

        /// <summary>The number of its target.</summary>
        public required int Target { get; init; }

        /// <summary>The connection.</summary>
        public LoadConnection Connection { get; set; } = null!;

        /// <summary>Whether there should be one.</summary>
        public bool IsWanted
        {
            get => _isWanted;
            set
            {
                _isWanted = value;
                if (!value) Connection.IsBroken = false;
            }
        }

        /// <summary>How often in a row it could not be opened, or broke.</summary>
        public int Failures { get; set; }
    }
}
