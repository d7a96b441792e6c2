namespace OrleansEcho.LoadTest.Searching;

/// <summary>
/// Finds the greatest value that holds: exponentially up (or down) from a beginning until there is one that holds and one that does not, then by halves
/// of the ratio between them, and then by confirmation. It makes no run: it is told what came of one, and says what to try next.
/// </summary>
/// <remarks>
/// <para>
/// Values are whole numbers. One run is a moment's doing, good or bad: what held has to hold in every confirmation, and what broke, or was invalid, is run
/// once more before it bounds the search (and a third time where one run broke and the other was invalid). What is invalid bounds it as what broke does, for
/// there is nothing to be measured beyond it; but an answer that ends at such a value is the load tester's, and says so.
/// </para>
/// <para>
/// Where a confirmation fails, it goes down by a step of the precision, by two, by four, until a value is confirmed; and then between that and what was not,
/// each value with all its confirmations. So the number of runs is bounded by logarithms, whatever comes.
/// </para>
/// </remarks>
internal sealed class LimitSearch
{
    // As many neat values as this are within the precision: 22,600 reads better than 22,627.
    private const double NeatValues = 4;

    private readonly SearchRange _range;
    private readonly List<long> _unconfirmed = [];
    private readonly SortedSet<long> _held = [];
    private readonly List<ProbeOutcome> _doubts = []; // what came of the present value's runs, all bad
    private long? _confirmed;
    private long? _broken;
    private long? _invalid;
    private long _down = 1;

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

    /// <summary>The greatest value that held, until now, and in no confirmation failed; null where there is none.</summary>
    public long? Held => _held.Count > 0 ? _held.Max : null;

    /// <summary>The lowest value that bounds the search, until now: it broke, or the load tester was at its end; null where there is none.</summary>
    public long? Ceiling => _broken is { } broken && _invalid is { } invalid ? Math.Min(broken, invalid) : _broken ?? _invalid;

    /// <summary>The lowest value that broke, until now, though the load tester may be at its end below it; null where there is none.</summary>
    public long? Broken => _broken;

    /// <summary>Values that held once, and not in every confirmation.</summary>
    public IReadOnlyList<long> Unconfirmed => _unconfirmed;

    /// <summary>Tells what came of <see cref="Next"/>.</summary>
    public void Tell(ProbeOutcome outcome)
    {
        var step = Next ?? throw new InvalidOperationException("The search is over.");
        if (outcome is not ProbeOutcome.Held)
        {
            // A confirmation that breaks has failed, as all of them have to hold.
            var isDoubted = !_doubts.Contains(outcome) && !(outcome is ProbeOutcome.Broke && step.Phase is SearchPhase.Confirming);
            _doubts.Add(outcome);
            if (isDoubted)
            {
                Next = step with { IsAgain = true };
                return;
            }
        }

        _doubts.Clear();
        if (outcome is ProbeOutcome.Held) _held.Add(step.Value);
        else if (outcome is ProbeOutcome.Broke) _broken = Least(_broken, step.Value);
        else _invalid = Least(_invalid, step.Value);

        if (step.Phase is SearchPhase.Confirming) Confirm(step, outcome);
        else if (Held is not { } held) Fall(step.Value);
        else if (Ceiling is not { } ceiling) Rise(held);
        else if (Between(held, ceiling) is { } middle) Next = new SearchStep(middle, SearchPhase.Narrowing);
        else Confirm(held);
    }

    private static long Least(long? one, long other) => one is { } there ? Math.Min(there, other) : other;

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

    // Null where they are as near to each other as was asked for.
    private long? Between(long low, long high) => high - low <= 1 || high <= low * (1 + _range.Precision)
        ? null
        : Math.Clamp(Neat(Math.Sqrt((double)low * high), Math.Round), low + 1, high - 1);

    private void Confirm(long value) => Next = new SearchStep(value, SearchPhase.Confirming, 1);

    private void Confirm(SearchStep step, ProbeOutcome outcome)
    {
        if (outcome is ProbeOutcome.Held && step.Confirmation < _range.Confirmations)
        {
            Next = step with { Confirmation = step.Confirmation + 1, IsAgain = false };
            return;
        }

        if (outcome is ProbeOutcome.Held) _confirmed = step.Value;
        else if (_held.Remove(step.Value)) _unconfirmed.Add(step.Value); // it held once, by luck

        if (_confirmed is { } low)
        {
            if (Ceiling is { } ceiling && Between(low, ceiling) is { } middle) Confirm(middle);
            else End();
        }
        else if (step.Value == _range.Floor) End();
        else
        {
            Confirm(Math.Clamp(Neat(step.Value / Math.Pow(1 + _range.Precision, _down), Math.Ceiling), _range.Floor, step.Value - 1));
            _down *= 2;
        }
    }

    private void End()
    {
        Next = null;
        var verdict = Ceiling switch
        {
            null => SearchVerdict.AtLeast,
            { } ceiling when ceiling != _broken => SearchVerdict.LoadTesterEnds,
            _ when _confirmed is null => SearchVerdict.NothingHolds,
            _ => SearchVerdict.Found,
        };
        Answer = new SearchAnswer(verdict, _confirmed, Ceiling, _broken);
    }

    private long Neat(double value, Func<double, double> round)
    {
        var grain = Math.Max(1, Math.Pow(10, Math.Floor(Math.Log10(value * _range.Precision / NeatValues))));
        return (long)(round(value / grain) * grain);
    }
}
