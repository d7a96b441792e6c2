using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>
/// Who does what in a run: a place for each connection there may be, with its flow and its target, and what the clock sends.
/// </summary>
internal sealed class LoadPlan
{
    // More sizes than these are not tried one after another where a stream was disturbed.
    private const int MostSizes = 4096;

    private readonly List<ConnectionOpener.ConnectionPlace> _places = [];

    /// <summary>Lays a run out.</summary>
    /// <param name="scenario">What to do.</param>
    /// <param name="share">What of it is done here.</param>
    /// <param name="connectors">Its targets.</param>
    /// <param name="run">What all share.</param>
    /// <param name="sinceStart">Nanoseconds since loading began.</param>
    /// <param name="ended">Hears of connections that have ended.</param>
    public LoadPlan(LoadScenario scenario, LoadShare share, IReadOnlyList<TargetConnector> connectors, RunContext run,
        Func<long> sinceStart, Action<ConnectionOpener.ConnectionPlace, ConnectionEnd> ended)
    {
        Schedule = new LoadSchedule(scenario.Stages, scenario.Warmup);
        Targets = [.. connectors.Select(_ => new TargetCounts())];
        var clocked = scenario.Flows.Where(f => f.Kind is FlowKind.Open).Sum(f => f.Weight);
        var parts = scenario.Flows.Select(flow => new Part(flow, clocked > 0 ? new LoadSchedule(
            scenario.Stages, scenario.Warmup, flow.Kind is FlowKind.Open ? flow.Weight / clocked : 0) : Schedule, share, run)).ToList();
        var distributions = scenario.Flows.Select(f => f.Sizes)
            .Concat(scenario.Stages.Select(s => s.Sizes).OfType<SizeDistribution>()).ToList();
        var longest = distributions.Max(d => d.Max);
        int[] sizes = [.. distributions.SelectMany(d => d.Parts)
            .SelectMany(p => Enumerable.Range(p.From, p.To - p.From + 1)).Distinct().Order().Take(MostSizes)];
        var fewest = scenario.Stages.Min(s => s.Connections);
        for (var i = 0; i < scenario.Stages.Max(s => s.Connections); i++)
        {
            // Who has nothing is next, and then who has least of its share: so every number of connections has the
            // mixture, and no part's rate goes unsent.
            var part = parts.MinBy(p => p.Places is 0 ? 0 : (p.Places + 1) / p.Flow.Weight)!;
            var number = part.Places++;
            part.AddOwner(share.OwnerOf(number, connectors.Count), isAlwaysThere: i < fewest);
            if (!share.Has(number, connectors.Count)) continue;

            var target = number % connectors.Count;
            var place = new ConnectionOpener.ConnectionPlace(connectors[target]) { Number = i, Target = target };
            var behaviour = new LoadBehaviour(
                part.Flow, part.Schedule, sinceStart, part.Thinking, sizes, longest, (ulong)(((long)scenario.Seed << 32) + i));
            place.Connection =
                new LoadConnection(run, connectors[target].Framing, behaviour, Targets[target].NextShard(), end => ended(place, end));
            part.Connections.Add(place.Connection);
            _places.Add(place);
        }

        LoadClock.Source[] sources = [.. parts.Select(p => p.Source(Schedule.Duration)).OfType<LoadClock.Source>()];
        ThinkingQueue[] thinking = [.. parts.Select(p => p.Thinking).OfType<ThinkingQueue>()];
        Clock = new LoadClock(run, sources.Length + thinking.Length > 0 ? sources : [new PulseSource(Schedule.Duration)], thinking);
    }

    /// <summary>Rate and connections over time.</summary>
    public LoadSchedule Schedule { get; }

    /// <summary>What is counted of each target.</summary>
    public IReadOnlyList<TargetCounts> Targets { get; }

    /// <summary>The places of this share.</summary>
    public IReadOnlyList<ConnectionOpener.ConnectionPlace> Places => _places;

    /// <summary>What sends by the clock.</summary>
    public LoadClock Clock { get; }

    private sealed class Part(LoadFlow flow, LoadSchedule schedule, LoadShare share, RunContext run)
    {
        // Who of all has a connection of this flow, at some time and at all times.
        private readonly SortedSet<int> _owners = [];
        private readonly SortedSet<int> _lastingOwners = [];

        public LoadFlow Flow => flow;

        public LoadSchedule Schedule => schedule;

        // Of all shares.
        public int Places { get; set; }

        public List<LoadConnection> Connections { get; } = [];

        public ThinkingQueue? Thinking { get; } = flow.ThinkTime > TimeSpan.Zero
            ? new ThinkingQueue(run, flow.ThinkTime.Ticks * TimeSpan.NanosecondsPerTick) : null;

        public LoadClock.Source? Source(long duration) => flow.Kind switch
        {
            _ when Connections.Count is 0 => null,
            FlowKind.Open => RateOf(),
            FlowKind.Burst => new BurstSource(flow, duration, Connections),
            FlowKind.Hold when flow.TrickleInterval > TimeSpan.Zero => new TrickleSource(flow, duration, Connections),
            _ => null,
        };

        /// <summary>A connection is somebody's.</summary>
        public void AddOwner(int owner, bool isAlwaysThere)
        {
            _owners.Add(owner);
            if (isAlwaysThere) _lastingOwners.Add(owner);
        }

        // Whoever has no connection sends nothing: all messages are those of the others, so that
        // together they are as many as they should be.
        private RateSource? RateOf()
        {
            int[] senders = [.. _lastingOwners.Count > 0 ? _lastingOwners : _owners];
            var index = Array.IndexOf(senders, share.Index);
            return index < 0 ? null : new RateSource(schedule, new LoadShare(index, senders.Length), Connections);
        }
    }
}
