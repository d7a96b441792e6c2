namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>
/// What is due when: rate, connections and sizes at any time of a run, and when each message is to be sent. Times are nanoseconds since loading
/// began; the warm-up comes first, with the values that the first stage begins with. It never changes: any number of threads may ask it.
/// </summary>
public sealed class LoadSchedule
{
    /// <summary>The highest rate, in messages a second: more than any machine sends, and little enough to be counted exactly.</summary>
    public const double MaxRate = 10_000_000;

    /// <summary>What <see cref="TimeOf"/> says of a message that is never due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The longest a stage, or a warm-up, may take.</summary>
    public static readonly TimeSpan MaxStage = TimeSpan.FromHours(24);

    private readonly LoadSegment[] _segments;

    /// <summary>Puts stages on a time line.</summary>
    /// <param name="stages">At least one, each with 0 to <see cref="MaxRate"/> messages a second and up to <see cref="MaxStage"/>.</param>
    /// <param name="warmup">How long the first values hold before the stages begin; up to <see cref="MaxStage"/>.</param>
    /// <param name="share">What part of the rate this schedule is of, from 0 to 1: that of one flow, or of one worker.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate, a duration or the share is outside its range, or there is no stage.</exception>
    public LoadSchedule(IReadOnlyList<LoadStage> stages, TimeSpan warmup = default, double share = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stages.Count, nameof(stages));
        ArgumentOutOfRangeException.ThrowIfLessThan(warmup, TimeSpan.Zero, nameof(warmup));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmup, MaxStage, nameof(warmup));
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);

        var segments = new List<LoadSegment>(stages.Count + 1);
        var (connections, rate) = (stages[0].Connections, Thousandths(stages[0].Rate, share));
        if (warmup > TimeSpan.Zero) Add(stages[0] with { Duration = warmup, IsStep = true });
        foreach (var stage in stages) Add(stage);
        _segments = [.. segments];

        void Add(LoadStage stage)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(stage.Duration, TimeSpan.Zero, nameof(stages));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(stage.Duration, MaxStage, nameof(stages));
            var to = Thousandths(stage.Rate, share);
            var (start, before) = segments.Count is 0 ? (0, 0) : (segments[^1].Start + segments[^1].Length, segments[^1].After);
            if (stage.IsStep) (connections, rate) = (stage.Connections, to);
            segments.Add(new(start, stage.Duration.Ticks * TimeSpan.NanosecondsPerTick, rate, to, connections, stage.Connections, stage.Sizes, before));
            (connections, rate) = (stage.Connections, to);
        }
    }

    /// <summary>How long there is something to do: warm-up and stages, in nanoseconds.</summary>
    public long Duration => _segments[^1].Start + _segments[^1].Length;

    /// <summary>How many messages there are from the beginning to the end.</summary>
    public long Total => (long)(_segments[^1].After / LoadSegment.Message);

    /// <summary>The rate of a time, in messages a second; 0 in a closed loop. At the time of a step, and after the end, the new and the last one.</summary>
    /// <param name="time">Nanoseconds since loading began.</param>
    public double RateAt(long time)
    {
        ref readonly var segment = ref At(time, out var passed);
        return (segment.From + (((double)segment.To - segment.From) * passed / segment.Length)) / 1000;
    }

    /// <summary>How many connections there are to be at a time, to the nearest whole one.</summary>
    /// <param name="time">Nanoseconds since loading began.</param>
    public int ConnectionsAt(long time)
    {
        ref readonly var segment = ref At(time, out var passed);
        return segment.ConnectionsFrom + (int)Math.Round(((double)segment.ConnectionsTo - segment.ConnectionsFrom) * passed / segment.Length);
    }

    /// <summary>The sizes of messages that are sent at a time; null for those of the flows.</summary>
    /// <param name="time">Nanoseconds since loading began.</param>
    public SizeDistribution? SizesAt(long time) => At(time, out _).Sizes;

    /// <summary>How many messages are due by a time: the whole ones of the rate's integral.</summary>
    /// <param name="time">Nanoseconds since loading began.</param>
    public long Due(long time) => (long)(At(time, out var passed).AreaAt(passed) / LoadSegment.Message);

    /// <summary>When a message is due: the first nanosecond at which <see cref="Due"/> is more than its number.</summary>
    /// <param name="number">The message, from 0.</param>
    /// <returns>Nanoseconds since loading began; <see cref="Never"/> when the schedule ends before.</returns>
    public long TimeOf(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var area = ((Int128)number + 1) * LoadSegment.Message;
        var (low, high) = (0, _segments.Length - 1);
        if (area > _segments[high].After) return Never;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].After < area) low = middle + 1;
            else high = middle;
        }

        return _segments[low].Start + _segments[low].TimeOf(area);
    }

    // The last stretch that has begun: at the time of a step that is the new one.
    private ref readonly LoadSegment At(long time, out long passed)
    {
        var (low, high) = (0, _segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].Start <= time) low = middle;
            else high = middle - 1;
        }

        passed = Math.Clamp(time - _segments[low].Start, 0, _segments[low].Length);
        return ref _segments[low];
    }

    private static long Thousandths(double? rate, double share)
    {
        if (rate is not { } value) return 0;
        if (!(value >= 0 && value <= MaxRate)) throw new ArgumentOutOfRangeException(nameof(rate), value, $"A rate is from 0 to {MaxRate:N0} messages a second.");
        return (long)Math.Round(value * share * 1000);
    }
}
