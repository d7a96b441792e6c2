namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>A stretch of a <see cref="LoadSchedule"/> on which everything changes in straight lines.</summary>
/// <remarks>
/// The messages of a stretch are an area, <c>a·τ + (b − a)·τ² / 2D</c>. They are counted in halves of a thousandth of a message a second
/// for a nanosecond, in which that area is a whole number but for the division by D, and D is multiplied away: nothing is rounded, so a run
/// of hours has its messages to the nanosecond, and two questions never get answers that contradict each other. With
/// <see cref="LoadSchedule.MaxRate"/> and <see cref="LoadSchedule.MaxStage"/> the greatest product is 1.5·10³⁸, within 127 bits.
/// </remarks>
/// <param name="Start">When it begins, in nanoseconds.</param>
/// <param name="Length">How long it is, in nanoseconds: more than 0.</param>
/// <param name="From">The rate at its beginning, in thousandths of a message a second.</param>
/// <param name="To">The rate at its end.</param>
/// <param name="ConnectionsFrom">The connections at its beginning.</param>
/// <param name="ConnectionsTo">The connections at its end.</param>
/// <param name="Sizes">The sizes of its messages; null for those of the flows.</param>
/// <param name="Before">The area of all stretches before it.</param>
internal readonly record struct LoadSegment(
    long Start, long Length, long From, long To, int ConnectionsFrom, int ConnectionsTo, SizeDistribution? Sizes, Int128 Before)
{
    /// <summary>The area of one message.</summary>
    public const long Message = 2 * 1_000L * 1_000_000_000L;

    /// <summary>The area to its end.</summary>
    public Int128 After => Before + (((Int128)From + To) * Length);

    /// <summary>The area to a time on it, rounded down.</summary>
    /// <param name="passed">Nanoseconds since its beginning, from 0 to <see cref="Length"/>.</param>
    public Int128 AreaAt(long passed) => Before + (AreaTimesLength(passed) / Length);

    /// <summary>When an area is reached: the first whole nanosecond since its beginning.</summary>
    /// <param name="area">More than <see cref="Before"/>, at most <see cref="After"/>.</param>
    public long TimeOf(Int128 area)
    {
        var wanted = (area - Before) * Length;
        // The guess is within a nanosecond, except where a rate runs out towards 0: so the step doubles until it is on both sides.
        var guess = Guess((double)(area - Before));
        var step = 1L;
        if (AreaTimesLength(guess) < wanted)
        {
            var low = guess;
            while (AreaTimesLength(guess = Math.Min(low + step, Length)) < wanted) (low, step) = (guess, step * 2);
            return Between(low, guess, wanted);
        }

        var high = guess;
        while (high > 0 && AreaTimesLength(guess = Math.Max(high - step, 0)) >= wanted) (high, step) = (guess, step * 2);
        return Between(guess, high, wanted);
    }

    // The area at low is too small, and at high it is not.
    private long Between(long low, long high, Int128 wanted)
    {
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (AreaTimesLength(middle) < wanted) low = middle;
            else high = middle;
        }

        return high;
    }

    // The root of (b − a)/D·τ² + 2a·τ = area, in the form that has no difference of nearly equal numbers when a ramp is flat.
    private long Guess(double area)
    {
        var root = Math.Sqrt(Math.Max(0, ((double)From * From) + (((double)To - From) / Length * area)));
        return (long)Math.Clamp(Math.Ceiling(area / (From + root)), 0, Length);
    }

    private Int128 AreaTimesLength(long passed) => (((Int128)2 * From * Length) + (((Int128)To - From) * passed)) * passed;
}
