using System.Diagnostics.Metrics;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Diagnostics;

/// <summary>The gateway's instruments, on the meter <c>OrleansEcho.Gateway</c>. Described in docs/operations.md.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "OrleansEcho.Gateway";

    // The outcome of a request that no reply told.
    private const string NoAnswer = "NoAnswer";

    private readonly List<ListenerMetrics> _listeners = [];
    private readonly Counter<long> _callsRepeated;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _closed;
    private readonly Histogram<double> _messageDuration;
    private readonly Counter<long> _quotaRequests;
    private readonly Counter<long> _moves;
    private Func<QuotaFigures>? _quota;
    private Func<IReadOnlyList<SiloFigures>>? _silos;
    private (int MaxConnections, Func<bool> IsDraining, Func<int> Overdue)? _gateway;
    private Func<(long Used, long Limit)>? _buffers;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _active = meter.CreateUpDownCounter<long>("echo.gateway.connections.active", "{connection}", "Connections that are open.");
        _accepted = meter.CreateCounter<long>("echo.gateway.connections.accepted", "{connection}", "Connections that a listener has accepted, refused ones included.");
        _rejected = meter.CreateCounter<long>("echo.gateway.connections.rejected", "{connection}", "Connections that were refused, by reason.");
        _closed = meter.CreateCounter<long>("echo.gateway.connections.closed", "{connection}", "Connections that have ended, by reason.");
        _messageDuration = meter.CreateHistogram<double>("echo.gateway.message.duration", "s", "From a set's last byte in the gateway to its echo in the gateway: the way to the grain and back.");
        _callsRepeated = meter.CreateCounter<long>("echo.gateway.backend.repeats", "{call}", "Sets and openings that were sent to a grain again.");
        _moves = meter.CreateCounter<long>("echo.gateway.backend.moves", "{connection}", "Connections that went to another silo, because theirs was lost, left or had too many.");
        meter.CreateObservableUpDownCounter("echo.gateway.connections.limit", () => Observe(_gateway?.MaxConnections), "{connection}", "Connections that this gateway holds at most (Gateway:MaxConnections).");
        meter.CreateObservableUpDownCounter("echo.gateway.draining", () => Observe(_gateway is { } gateway ? gateway.IsDraining() ? 1 : 0 : null), "{gateway}", "1 while the gateway drains, else 0.");
        meter.CreateObservableUpDownCounter("echo.gateway.connections.overdue", () => Observe(_gateway?.Overdue()), "{connection}", "Connections that a drain asked to close a second ago or more and that are still open.");
        meter.CreateObservableUpDownCounter("echo.gateway.backend.silos", () => Silos.Count, "{silo}", "Silos that answer this gateway.");
        meter.CreateObservableUpDownCounter("echo.gateway.backend.connections", () => Silos.Select(silo => new Measurement<int>(silo.Connections, Tag(silo))), "{connection}", "Connections of this gateway by the silo that they are on.");
        meter.CreateObservableGauge("echo.gateway.backend.heartbeat.time", () => from silo in Silos where silo.Heartbeat is not null select new Measurement<double>(silo.Heartbeat!.Value.TotalSeconds, Tag(silo)), "s", "How long each silo took to answer this gateway's last heartbeat.");
        _quotaRequests = meter.CreateCounter<long>("echo.gateway.quota.requests", "{call}", "Requests to the cluster's quota, by outcome.");
        meter.CreateObservableUpDownCounter("echo.gateway.quota.held", () => new Measurement<int>(_quota?.Invoke().Held ?? 0, Scope), "{permit}", "Permits that this gateway was lent.");
        meter.CreateObservableUpDownCounter("echo.gateway.quota.open", () => new Measurement<int>(_quota?.Invoke().Open ?? 0, Scope), "{permit}", "Permits that connections of this gateway have.");
        meter.CreateObservableGauge<double>("echo.gateway.quota.lease.remaining", () => _quota?.Invoke().LeaseLeft is { } left ? [new(left.TotalSeconds, Scope)] : [], "s", "How long this gateway's lease lasts, unless it is renewed; absent without a limit.");
        meter.CreateObservableUpDownCounter("echo.gateway.buffers.used", () => _buffers?.Invoke().Used ?? 0, "By", "What peers make the gateway hold, out of the budget.");
        meter.CreateObservableUpDownCounter("echo.gateway.buffers.limit", () => _buffers?.Invoke().Limit ?? 0, "By", "The budget for what peers make the gateway hold.");
        meter.CreateObservableCounter("echo.gateway.messages", () => Observe(static l => l.Messages), "{message}", "Messages echoed.");
        meter.CreateObservableCounter("echo.gateway.sets", () => Observe(static l => l.Sets), "{set}", "Sets echoed: messages that travelled to their grain together.");
        meter.CreateObservableCounter("echo.gateway.io", () => Observe(static l => l.Bytes), "By", "Payload bytes echoed.");
    }

    /// <summary>Says where to read how much of their budget the buffers for peers take, in bytes.</summary>
    public void ObserveBuffers(Func<(long Used, long Limit)> buffers) => _buffers = buffers;

    /// <summary>Makes the instruments' ends for one listener; what they count carries its name and protocol.</summary>
    public ListenerMetrics ForListener(string name, string transport, string protocol)
    {
        var listener = new ListenerMetrics(this, [new("echo.listener", name), new("network.transport", transport), new("network.protocol.name", protocol)]);
        lock (_listeners) _listeners.Add(listener);
        listener.Begin();
        return listener;
    }

    /// <summary>A call to a grain is made again.</summary>
    public void CallRepeated() => _callsRepeated.Add(1);

    /// <summary>A connection goes to another silo.</summary>
    public void ConnectionMoved() => _moves.Add(1);

    /// <summary>Says what to tell of the gateway as a whole.</summary>
    public void ObserveGateway(int maxConnections, Func<bool> isDraining, Func<int> overdue) => _gateway = (maxConnections, isDraining, overdue);

    /// <summary>Says where to read which silos answer; what the backend counts exists from here on.</summary>
    public void ObserveSilos(Func<IReadOnlyList<SiloFigures>> silos)
    {
        _silos = silos;
        _callsRepeated.Add(0);
        _moves.Add(0);
    }

    /// <summary>A request to the quota has had its outcome.</summary>
    public void QuotaAsked(LeaseOutcome outcome) => CountRequest(1, outcome.ToString());

    /// <summary>A request to the quota was not answered.</summary>
    public void QuotaSilent() => CountRequest(1, NoAnswer);

    /// <summary>Says where to read what the gateway holds; what its requests count exists from here on.</summary>
    public void ObserveQuota(Func<QuotaFigures> quota)
    {
        _quota = quota;
        foreach (var outcome in (string[])[.. Enum.GetNames<LeaseOutcome>(), NoAnswer]) CountRequest(0, outcome);
    }

    // The one scope that there is for gateways: the whole cluster.
    private static KeyValuePair<string, object?> Scope { get; } = new("echo.quota.scope", IConnectionQuotaGrain.ClusterScope);

    private IReadOnlyList<SiloFigures> Silos => _silos?.Invoke() ?? [];

    private static KeyValuePair<string, object?> Tag(SiloFigures silo) => new("echo.silo", silo.Silo);

    private static IEnumerable<Measurement<int>> Observe(int? value) => value is { } known ? [new(known)] : [];

    private void CountRequest(int requests, string outcome) => _quotaRequests.Add(requests, Scope, new("echo.quota.outcome", outcome));

    private List<Measurement<long>> Observe(Func<ListenerMetrics, long> value)
    {
        lock (_listeners) return _listeners.ConvertAll(l => new Measurement<long>(value(l), l.Tags));
    }

    /// <summary>What one listener's connections report.</summary>
    internal sealed class ListenerMetrics(GatewayMetrics gateway, KeyValuePair<string, object?>[] tags)
    {
        // Plain sums that the exporter reads when it asks: per set they cost an add, where a counter with tags costs a look-up.
        private long _messages;
        private long _sets;
        private long _bytes;

        public KeyValuePair<string, object?>[] Tags => tags;

        public long Messages => Volatile.Read(ref _messages);

        public long Sets => Volatile.Read(ref _sets);

        public long Bytes => Volatile.Read(ref _bytes);

        public bool MeasuresDuration => gateway._messageDuration.Enabled;

        public void Accepted() => gateway._accepted.Add(1, tags);

        public void Opened() => gateway._active.Add(1, tags);

        public void Rejected(RejectReason reason) => CountRejected(1, reason);

        public void Closed(CloseReason reason)
        {
            gateway._active.Add(-1, tags);
            CountClosed(1, reason);
        }

        /// <summary>
        /// Every series exists at zero before its first event: Prometheus takes the rise of a counter from one scrape to the next, so that an event that
        /// brings its series into being would be no rise, and its alert would stay silent.
        /// </summary>
        internal void Begin()
        {
            gateway._active.Add(0, tags);
            gateway._accepted.Add(0, tags);
            foreach (var reason in Enum.GetValues<RejectReason>()) CountRejected(0, reason);
            foreach (var reason in Enum.GetValues<CloseReason>()) CountClosed(0, reason);
        }

        private void CountRejected(int connections, RejectReason reason) => gateway._rejected.Add(connections, [.. tags, new("echo.reject.reason", reason.ToString())]);

        private void CountClosed(int connections, CloseReason reason) => gateway._closed.Add(connections, [.. tags, new("echo.close.reason", reason.ToString())]);

        public void Echoed(int messages, int bytes)
        {
            Interlocked.Add(ref _messages, messages);
            Interlocked.Increment(ref _sets);
            Interlocked.Add(ref _bytes, bytes);
        }

        public void Took(TimeSpan duration) => gateway._messageDuration.Record(duration.TotalSeconds, tags);
    }
}
