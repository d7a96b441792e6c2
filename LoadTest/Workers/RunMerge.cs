using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>Makes the figures of several load testers into those that one would have had. Histograms are added bucket by bucket: nothing is lost.</summary>
internal static class RunMerge
{
    /// <summary>Adds distributions up.</summary>
    /// <param name="parts">With their histograms.</param>
    /// <param name="isWhole">Whether the histogram goes along.</param>
    public static LatencyFigures Latency(IEnumerable<LatencyFigures> parts, bool isWhole = true)
    {
        var sum = new TimeHistogram();
        foreach (var part in parts)
        {
            if (part.Count > 0) sum.Add(Histograms.Decode(part.Histogram));
        }

        return FigureMaker.Latency(sum, isWhole);
    }

    /// <summary>Adds up what each has counted.</summary>
    /// <param name="parts">What each has counted.</param>
    /// <param name="seconds">For how long the longest has counted.</param>
    public static LoadFigures Load(IReadOnlyList<LoadFigures> parts, double seconds)
    {
        var (messages, opened) = (parts.Sum(p => p.Messages), parts.Sum(p => p.ConnectionsOpened));
        return new LoadFigures
        {
            Messages = messages,
            Echoes = parts.Sum(p => p.Echoes),
            Bytes = parts.Sum(p => p.Bytes),
            MessagesPerSecond = seconds > 0 ? messages / seconds : 0,
            ConnectionsOpened = opened,
            ConnectionsPerSecond = seconds > 0 ? opened / seconds : 0,
            ConnectionsOpen = parts.Sum(p => p.ConnectionsOpen),
            Integrity = new IntegrityFigures(
                parts.Sum(p => p.Integrity.Lost),
                parts.Sum(p => p.Integrity.Doubled),
                parts.Sum(p => p.Integrity.Reordered),
                parts.Sum(p => p.Integrity.Corrupted),
                parts.Sum(p => p.Integrity.Foreign),
                parts.Sum(p => p.Integrity.Unanswered)),
            Errors = parts.SelectMany(p => p.Errors).GroupBy(e => e.Key, e => e.Value).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.Sum()),
            Refusals = new SortedDictionary<string, long>(parts.SelectMany(p => p.Refusals).GroupBy(r => r.Key, r => r.Value).ToDictionary(g => g.Key, g => g.Sum()), StringComparer.Ordinal),
            Latency = Latency(parts.Select(p => p.Latency)),
            ServiceTime = Latency(parts.Select(p => p.ServiceTime)),
            ConnectTime = Latency(parts.Select(p => p.ConnectTime)),
        };
    }

    /// <summary>Adds up the same second of each. The rate that is meant is that of all together already.</summary>
    /// <param name="parts">One or more, with their histograms.</param>
    public static IntervalFigures Second(IReadOnlyList<IntervalFigures> parts) => new()
    {
        At = parts.Min(p => p.At),
        Seconds = parts.Max(p => p.Seconds),
        Messages = parts.Sum(p => p.Messages),
        MessagesByTarget = [.. Enumerable.Range(0, parts[0].MessagesByTarget.Count).Select(target => parts.Sum(p => p.MessagesByTarget[target]))],
        IntendedRate = parts.Select(p => p.IntendedRate).FirstOrDefault(rate => rate is not null),
        ConnectionsOpen = parts.Sum(p => p.ConnectionsOpen),
        ConnectionsOpened = parts.Sum(p => p.ConnectionsOpened),
        Errors = parts.Sum(p => p.Errors),
        Faults = parts.Sum(p => p.Faults),
        Latency = Latency(parts.Select(p => p.Latency), isWhole: false),
    };

    /// <summary>What the load testers themselves were capable of: of processors the fullest machine's share counts.</summary>
    /// <param name="parts">One or more, each with the name of its machine.</param>
    public static GeneratorFigures Generator(IReadOnlyList<(string Machine, GeneratorFigures Figures)> parts) => new(
        Latency(parts.Select(p => p.Figures.SendLag)),
        parts.Sum(p => p.Figures.CpuSeconds),
        parts.GroupBy(p => p.Machine).Max(machine => machine.Sum(p => p.Figures.CpuShare)),
        parts.Sum(p => p.Figures.Skipped),
        parts.Sum(p => p.Figures.PeakMemory),
        parts.Count,
        parts.Sum(p => p.Figures.Untried));
}
