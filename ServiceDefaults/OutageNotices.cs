namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// Decides when to say in the log that something is away, and that it is back: at once. What comes and goes again within ten seconds of that
/// is counted, and said in one line every ten seconds for as long as it lasts, with what holds by then: so the last line is always true. Safe for any thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="saySum">Says how often it has gone away since that was last said, once at least, and whether it is away now.</param>
/// <param name="isAway">Whether it is away at first, as everybody knows: then only that it is there will be said.</param>
public sealed class OutageNotices(TimeProvider time, Action<int, bool> saySum, bool isAway = false) : IDisposable
{
    /// <summary>For so long what comes and goes is counted before it is said again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new(); // held while something is said, so that lines have the order of what happened
    private ITimer? _interval;
    private bool _isAway = isAway;
    private bool _saidAway = isAway;
    private int _unsaid;

    /// <summary>It is away.</summary>
    /// <param name="say">Says so; called at most once, and before this returns.</param>
    public void Away(Action say)
    {
        ArgumentNullException.ThrowIfNull(say);
        lock (_lock)
        {
            if (_isAway) return;
            _isAway = true;
            if (_interval is not null)
            {
                _unsaid++;
                return;
            }

            _saidAway = true;
            _interval = time.CreateTimer(_ => End(), null, Interval, Timeout.InfiniteTimeSpan);
            say();
        }
    }

    /// <summary>It is there.</summary>
    /// <param name="say">Says so; called at most once, before this returns, and only if it was said that it is away.</param>
    public void Back(Action say)
    {
        ArgumentNullException.ThrowIfNull(say);
        lock (_lock)
        {
            if (!_isAway) return;
            _isAway = false;
            if (_saidAway) say();
            _saidAway = false;
        }
    }

    /// <summary>What comes and goes from now on is no news, and what was counted so far is neither: whoever looks after it stops.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _interval?.Dispose();
            (_interval, _unsaid) = (null, 0);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (_interval is null) return; // disposed of meanwhile
            if (_unsaid is 0)
            {
                _interval.Dispose();
                _interval = null;
                return;
            }

            saySum(_unsaid, _isAway);
            (_saidAway, _unsaid) = (_isAway, 0);
            _interval.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }
}
