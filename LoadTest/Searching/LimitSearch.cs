namespace OrleansEcho.LoadTest.Searching;

/// <summary>
/// Finds the greatest value that holds: exponentially up (or down) from a beginning until there is one that holds and one that does not, then by halves
/// of the ratio between them, and then by confirmation. It makes no run: it is told what came of one, and says what to try next.
/// </summary>
/// <remarks>
/// Values are whole numbers. What is invalid bounds the search from above as what broke does, for there is nothing to be measured beyond it; but an answer
/// that ends at such a value is the load tester's, and says so. If something below it breaks, that is the limit. An invalid run is made once more before it
/// counts, for it may be a moment's doing; so is the very first that breaks, as nothing is warm then.
/// </remarks>
internal sealed class LimitSearch
{
    // As many neat values as this are within the precision: 22,600 reads better than 22,627.
    private const double NeatValues = 4;

    private readonly SearchRange _range;
    private readonly List<long> _unconfirmed = [];
    private (long Value, ProbeOutcome Outcome)? _ceiling;
    private bool _isCold = true;

    /// <summary>Begins.</summary>
    public LimitSearch(SearchRange range)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Floor, 1, nameof(range));
        ArgumentOutOfRangeException.ThrowIfLessThan(range.From, range.Floor, nameof(range));
        ArgumentOutOfRangeException.ThrowIfLessThan(range.To, range.From, nameof(range));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(range.Precision, 0, nameof(range));
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Confirmations, 1, nameof(range));
        _range = range;
        Next = new SearchStep(range.From, SearchPhase.Rising);
    }

    /// <summary>What to try next; null when it is over.</summary>
    public SearchStep? Next { get; private set; }

    /// <summary>What was found; null until it is over.</summary>
    public SearchAnswer? Answer { get; private set; }

    /// <summary>The greatest value that held, until now; null where there is none.</summary>
    public long? Held { get; private set; }

    /// <summary>The lowest value that did not hold, until now; null where there is none.</summary>
    public long? Ceiling => _ceiling?.Value;

    /// <summary>Values that held once, and not in every confirmation.</summary>
    public IReadOnlyList<long> Unconfirmed => _unconfirmed;

    /// <summary>Tells what came of <see cref="Next"/>.</summary>
    public void Tell(ProbeOutcome outcome)
    {
        var step = Next ?? throw new InvalidOperationException("The search is over.");
        var isDoubted = !step.IsAgain && (outcome is ProbeOutcome.Invalid || (outcome is ProbeOutcome.Broke && _isCold));
        _isCold = false;
        if (isDoubted)
        {
            Next = step with { IsAgain = true };
            return;
        }

        if (outcome is ProbeOutcome.Held) Held = step.Value;
        else _ceiling = (step.Value, outcome);

        if (step.Phase is SearchPhase.Confirming) Confirm(step, outcome);
        else if (Held is null) Fall(step.Value);
        else if (_ceiling is null) Rise(step.Value);
        else Narrow();
    }

    private void Rise(long held)
    {
        if (held == _range.To) Confirm(held);
        else Next = new SearchStep(Math.Min(_range.To, held * 2), SearchPhase.Rising);
    }

    private void Fall(long failed)
    {
        if (failed == _range.Floor) End();
        else Next = new SearchStep(Math.Max(_range.Floor, failed / 2), SearchPhase.Falling);
    }

    private void Narrow()
    {
        var (low, high) = (Held!.Value, _ceiling!.Value.Value);
        if (high - low <= 1 || high <= low * (1 + _range.Precision)) Confirm(low);
        else Next = new SearchStep(Math.Clamp(Neat(Math.Sqrt((double)low * high), Math.Round), low + 1, high - 1), SearchPhase.Narrowing);
    }

    private void Confirm(long value) => Next = new SearchStep(value, SearchPhase.Confirming, 1);

    private void Confirm(SearchStep step, ProbeOutcome outcome)
    {
        if (outcome is ProbeOutcome.Held && step.Confirmation == _range.Confirmations) End();
        else if (outcome is ProbeOutcome.Held) Next = step with { Confirmation = step.Confirmation + 1, IsAgain = false };
        else
        {
            // What held once did so by luck. A little less is to be confirmed from the beginning.
            _unconfirmed.Add(step.Value);
            Held = null;
            if (step.Value == _range.Floor) End();
            else Confirm(Math.Clamp(Neat(step.Value / (1 + _range.Precision), Math.Ceiling), _range.Floor, step.Value - 1));
        }
    }

    private void End()
    {
        Next = null;
        Answer = new SearchAnswer(
            _ceiling switch
            {
                null => SearchVerdict.AtLeast,
                { Outcome: ProbeOutcome.Invalid } => SearchVerdict.LoadTesterEnds,
                _ when Held is null => SearchVerdict.NothingHolds,
                _ => SearchVerdict.Found,
            },
            Held,
            Ceiling);
    }

    private long Neat(double value, Func<double, double> round)
    {
        var grain = Math.Max(1, Math.Pow(10, Math.Floor(Math.Log10(value * _range.Precision / NeatValues))));
        return (long)(round(value / grain) * grain);
    }
}
