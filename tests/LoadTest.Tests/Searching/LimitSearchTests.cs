using CsCheck;
using OrleansEcho.LoadTest.Searching;

namespace OrleansEcho.LoadTest.Tests.Searching;

public sealed class LimitSearchTests
{
    [Fact]
    public void WhatItTakes_IsKnownBeforehand() => Gen.Select(Gen.Long[1, 5000], Gen.Double[0.01, 1], Gen.Int[1, 5], Gen.Long[1, 400_000]).Sample((from, precision, confirmations, limit) =>
    {
        var range = new SearchRange(from, 200_000, SearchRange.FloorOf(from, 1), precision, confirmations);
        var (fewest, most) = SearchOutlook.Runs(range);
        var (search, runs) = (new LimitSearch(range), 0);
        for (; search.Next is { } step; runs++) search.Tell(step.Value <= limit ? ProbeOutcome.Held : ProbeOutcome.Broke);
        Assert.InRange(runs, Math.Min(fewest, 2), most + 4); // between the limits that it tries a few runs more are possible
    });

    private static readonly Gen<SearchRange> Ranges =
        from floor in Gen.Long[1, 1000]
        from up in Gen.Long[0, 200_000]
        from more in Gen.Long[0, 9_000_000]
        from precision in Gen.Double[0.001, 1]
        from confirmations in Gen.Int[1, 5]
        select new SearchRange(floor + up, floor + up + more, floor, precision, confirmations);

    private static readonly Gen<(SearchRange Range, long Limit)> Limits = Ranges.SelectMany(range =>
        Gen.OneOf(Gen.Long[0, range.To + 1000], Gen.Long[Math.Max(0, range.Floor - 2), range.Floor + 2], Gen.Long[Math.Max(0, range.To - 2), range.To + 2]).Select(limit => (range, limit)));

    [Fact]
    public void FindsEveryLimit_WithinThePrecision_AndInFewProbes() => Limits.Sample((range, limit) =>
    {
        var (search, steps) = Run(range, step => step.Value <= limit ? ProbeOutcome.Held : ProbeOutcome.Broke);
        var answer = search.Answer!;
        if (limit < range.Floor) Assert.Equal(new SearchAnswer(SearchVerdict.NothingHolds, null, range.Floor, range.Floor), answer);
        else if (limit >= range.To) Assert.Equal(new SearchAnswer(SearchVerdict.AtLeast, range.To, null, null), answer);
        else
        {
            Assert.Equal(SearchVerdict.Found, answer.Verdict);
            Assert.True(answer.Value <= limit && limit < answer.Ceiling);
            Assert.True(answer.Ceiling - answer.Value <= 1 || answer.Ceiling <= answer.Value * (1 + range.Precision));
        }

        // To double or to halve, then to halve the logarithm: neat values are near to the middle, so that it costs a probe or two more.
        var bracket = Math.Log2((double)range.To / range.Floor) + 2;
        var narrow = Math.Log2(1 / Math.Log2(1 + Math.Max(range.Precision, 1.0 / range.To))) + 3;
        Assert.InRange(steps.Count(s => !s.IsAgain), 1, bracket + (narrow * 1.5) + range.Confirmations);
        Assert.Equal(steps.Where(s => s.Value > limit).Select(s => s.Value).Distinct(), steps.Where(s => s.IsAgain).Select(s => s.Value));
        Assert.All(steps, s => Assert.InRange(s.Value, range.Floor, range.To));
    });

    [Fact]
    public void ChanceNeverMakesAnAnswer_OfWhatDidNotHoldInEveryConfirmation() =>
        Gen.Select(Limits, Gen.Double[0, 0.4], Gen.Double[0, 0.2], Gen.Int[0, int.MaxValue]).Sample((limited, broken, invalid, seed) =>
        {
            var (range, limit) = limited;
            var random = new Random(seed);
            var told = new List<(SearchStep Step, ProbeOutcome Outcome)>();
            var (search, _) = Run(range, step =>
            {
                var chance = random.NextDouble();
                var outcome = step.Value > limit || chance < broken ? ProbeOutcome.Broke : chance < broken + invalid ? ProbeOutcome.Invalid : ProbeOutcome.Held;
                told.Add((step, outcome));
                return outcome;
            });
            var answer = search.Answer!;
            if (answer.Value is not { } value)
            {
                Assert.True(answer.Verdict is SearchVerdict.NothingHolds or SearchVerdict.LoadTesterEnds);
                Assert.Equal(range.Floor, told[^1].Step.Value);
                return;
            }

            Assert.True(value <= limit);
            var confirming = told.Where(t => t.Step is { Phase: SearchPhase.Confirming } && t.Step.Value == value && t.Outcome is not ProbeOutcome.Invalid).ToList();
            Assert.Equal(Enumerable.Range(1, range.Confirmations), confirming.Select(t => t.Step.Confirmation));
            Assert.All(confirming, t => Assert.Equal(ProbeOutcome.Held, t.Outcome));
            Assert.DoesNotContain(value, search.Unconfirmed);
            if (answer.Ceiling is not { } ceiling) return;

            // What the answer ends at is what the last run at that value said.
            var why = told.Last(t => t.Step.Value == ceiling && t.Outcome is not ProbeOutcome.Held).Outcome;
            Assert.Equal(why is ProbeOutcome.Invalid ? SearchVerdict.LoadTesterEnds : SearchVerdict.Found, answer.Verdict);
            Assert.True(ceiling > value);
        });

    [Fact]
    public void LoadTestersEnd_IsNoLimitOfTheGateways_AndALimitBelowItIsFound() => Gen.Select(Limits, Gen.Long[1, 10_000_000]).Sample((limited, end) =>
    {
        var (range, limit) = limited;
        var (search, _) = Run(range, step => step.Value > end ? ProbeOutcome.Invalid : step.Value <= limit ? ProbeOutcome.Held : ProbeOutcome.Broke);
        var answer = search.Answer!;
        if (limit >= range.To && end >= range.To) Assert.Equal(SearchVerdict.AtLeast, answer.Verdict);
        else if (end < range.Floor) Assert.Equal(new SearchAnswer(SearchVerdict.LoadTesterEnds, null, range.Floor, null), answer);
        else if (end <= limit) Assert.True(answer.Verdict is SearchVerdict.LoadTesterEnds && answer.Value <= end && answer.Ceiling > end);
        else if (limit < range.Floor) Assert.Equal(SearchVerdict.NothingHolds, answer.Verdict);
        else Assert.True(answer.Value <= limit && answer.Ceiling > limit && (answer.Verdict is SearchVerdict.Found) == (answer.Ceiling <= end));
    });

    [Fact]
    public void GoesUp_Between_AndDownAStep_WhereAConfirmationFails()
    {
        var (search, steps) = Run(new SearchRange(1000, 10_000_000, 15, 0.05, 3), step => step.Value > 22_000 ? ProbeOutcome.Broke : ProbeOutcome.Held);
        Assert.Equal(
            [1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 22_600, 22_600, 19_000, 20_700, 21_600, 21_600, 21_600, 21_600],
            steps.Select(s => s.Value));
        Assert.Equal(new SearchAnswer(SearchVerdict.Found, 21_600, 22_600, 22_600), search.Answer);
        Assert.Empty(search.Unconfirmed);

        (search, steps) = Run(new SearchRange(1000, 2000, 15, 0.05, 2), step => step is { Phase: SearchPhase.Confirming, Value: 2000, Confirmation: 2 } ? ProbeOutcome.Broke : ProbeOutcome.Held);
        Assert.Equal([(1000, 0), (2000, 0), (2000, 1), (2000, 2), (1910, 1), (1910, 2)], steps.Select(s => (s.Value, s.Confirmation)));
        Assert.Equal(new SearchAnswer(SearchVerdict.Found, 1910, 2000, 2000), search.Answer);
        Assert.Equal([2000], search.Unconfirmed);
        Assert.Throws<InvalidOperationException>(() => search.Tell(ProbeOutcome.Held));
    }

    [Fact]
    public void WhatIsInvalid_OrBreaks_IsTriedOnceMore_BeforeItCounts()
    {
        var (search, steps) = Run(new SearchRange(1000, 4000, 15, 1, 2), step => step switch
        {
            { IsAgain: true } => ProbeOutcome.Held,
            { Value: 1000 } => ProbeOutcome.Broke,
            { Value: 2000 } or { Confirmation: 2 } => ProbeOutcome.Invalid,
            _ => ProbeOutcome.Held,
        });
        Assert.Equal(
            [(1000, 0, false), (1000, 0, true), (2000, 0, false), (2000, 0, true), (4000, 0, false), (4000, 1, false), (4000, 2, false), (4000, 2, true)],
            steps.Select(s => (s.Value, s.Confirmation, s.IsAgain)));
        Assert.Equal(new SearchAnswer(SearchVerdict.AtLeast, 4000, null, null), search.Answer);
    }

    [Theory]
    [InlineData(ProbeOutcome.Held, SearchVerdict.AtLeast, 4000L, null, null)]
    [InlineData(ProbeOutcome.Broke, SearchVerdict.Found, 1000L, 2000L, 2000L)]
    [InlineData(ProbeOutcome.Invalid, SearchVerdict.LoadTesterEnds, 1000L, 2000L, null)]
    public void WhereOneRunBreaks_AndTheNextIsInvalid_AThirdSaysWhich(ProbeOutcome third, SearchVerdict verdict, long value, long? ceiling, long? broken)
    {
        var runs = 0;
        var (search, _) = Run(new SearchRange(1000, 4000, 15, 1, 1), step => step.Value is not 2000 ? ProbeOutcome.Held : ++runs switch
        {
            1 => ProbeOutcome.Broke,
            2 => ProbeOutcome.Invalid,
            _ => third,
        });
        Assert.Equal(new SearchAnswer(verdict, value, ceiling, broken), search.Answer);
        Assert.Equal(3, runs);
    }

    [Fact]
    public void WhatBreaksAboveTheLoadTestersEnd_IsSaidBesideIt()
    {
        var (search, _) = Run(new SearchRange(1000, 64_000, 15, 1, 1), step => step.Value switch { <= 2000 => ProbeOutcome.Held, <= 4000 => ProbeOutcome.Invalid, _ => ProbeOutcome.Broke });
        Assert.Equal(new SearchAnswer(SearchVerdict.LoadTesterEnds, 2000, 4000, null), search.Answer); // beyond what is invalid nothing is tried

        (search, _) = Run(new SearchRange(8000, 64_000, 15, 1, 1), step => step.Value switch { <= 2000 => ProbeOutcome.Held, <= 4000 => ProbeOutcome.Invalid, _ => ProbeOutcome.Broke });
        Assert.Equal(new SearchAnswer(SearchVerdict.LoadTesterEnds, 2000, 4000, 8000), search.Answer);
    }

    [Fact]
    public void NumberOfRunsIsBounded_ThoughNoConfirmationEverHolds() => Ranges.Sample(range =>
    {
        var (search, steps) = Run(range, step => step.Phase is SearchPhase.Confirming ? ProbeOutcome.Broke : ProbeOutcome.Held);
        Assert.Equal((SearchVerdict.NothingHolds, null, range.Floor), (search.Answer!.Verdict, search.Answer.Value, search.Answer.Ceiling));
        var down = Math.Log((double)range.To / range.Floor) / Math.Log(1 + range.Precision);
        Assert.InRange(steps.Count, 1, Math.Log2((double)range.To / range.From) + Math.Log2(down + 1) + 5);
    });

    private static (LimitSearch Search, List<SearchStep> Steps) Run(SearchRange range, Func<SearchStep, ProbeOutcome> probe)
    {
        var (search, steps) = (new LimitSearch(range), new List<SearchStep>());
        while (search.Next is { } step)
        {
            Assert.True(steps.Count < 100_000, "It never ends.");
            steps.Add(step);
            search.Tell(probe(step));
        }

        return (search, steps);
    }
}
