using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>What the outputs of a search say in the same words.</summary>
internal static class SearchText
{
    // So long a value and so long a figure fit without a line that moves.
    private const int ValueWidth = 16;
    private const int FigureWidth = 18;

    /// <summary>The headings of the probes' columns.</summary>
    public static IReadOnlyList<string> Headings(SearchResult search) =>
        [search.Of is SearchedValue.Rate ? "messages/s" : "connections", "what for", "came back/s", "p50", "p99", "p99.9", .. search.Probes.Count > 0 ? search.Probes[0].Figures.Select(f => f.Condition) : [], "outcome"];

    /// <summary>The cells of a probe's row, without its outcome.</summary>
    public static IReadOnlyList<string> Cells(SearchProbe probe) =>
    [
        Quantity.Count(probe.Value), Purpose(probe), Quantity.Rate(probe.MessagesPerSecond),
        ReportText.Time(probe.Latency, l => l.P50), ReportText.Time(probe.Latency, l => l.P99), ReportText.Time(probe.Latency, l => l.P999),
        .. probe.Figures.Select(f => f.Value),
    ];

    /// <summary>How long a search is likely to take, before it begins.</summary>
    public static string Outlook(SearchPlan plan)
    {
        var (fewest, most) = SearchOutlook.Runs(plan.Range);
        var each = (plan.Scenario.Warmup + plan.Step).TotalSeconds;
        var (least, longest) = (Quantity.Duration(fewest * each), Quantity.Duration(most * each));
        return $"Each run takes {Quantity.Duration(each)} and its drain. Some {fewest} to {most} of them, {least} to {longest}, "
            + "where each says the same again; more on a machine that is busy.";
    }

    /// <summary>A value with its unit.</summary>
    public static string Value(SearchedValue of, long value) => of is SearchedValue.Rate ? $"{Quantity.Count(value)}/s" : Quantity.Of(value, "connection");

    /// <summary>An outcome in a word.</summary>
    public static string Word(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Held => "holds",
        ProbeOutcome.Broke => "does not hold",
        _ => "invalid",
    };

    /// <summary>An outcome, and why.</summary>
    public static string Outcome(SearchProbe probe) => Word(probe.Outcome) + (probe.Reasons.Count > 0 ? $": {string.Join("; ", probe.Reasons)}" : "");

    /// <summary>A probe as a line of a terminal: of reasons the first sentence, as the answer has what to do about it.</summary>
    public static string Line(SearchedValue of, SearchProbe probe)
    {
        var figures = string.Concat(probe.Figures.Select(f => $"{f.Figure} {f.Value}".PadRight(FigureWidth)));
        return $"{Value(of, probe.Value),-ValueWidth}  {figures}  {Outcome(probe with { Reasons = [.. probe.Reasons.Select(r => r.Split(". ")[0])] })}{(probe.Phase is SearchPhase.Confirming || probe.IsAgain ? $" ({Purpose(probe)})" : "")}";
    }

    /// <summary>The answer in words.</summary>
    /// <param name="search">All but the summary.</param>
    public static string Summary(SearchResult search)
    {
        var objective = string.Join(" and ", search.Objective);
        var what = search.Of is SearchedValue.Rate ? "rate" : "number of connections";
        var value = search.Value is { } held ? Value(search.Of, held) : "";
        var ceiling = search.Ceiling is { } high ? $"{Value(search.Of, high)}: {Why(search, high)}" : "";
        var broken = search.Broken is { } broke && broke != search.Ceiling ? $" It does not hold at {Value(search.Of, broke)}: {Why(search, broke)}." : "";
        var end = ceiling.Length is 0 ? "" : search.Broken == search.Ceiling ? $" It does not hold at {ceiling}." : $" The load tester itself ends at {ceiling}.{broken}";
        var confirmed = $"it held in {Quantity.Of(search.Range.Confirmations, "further run")}";
        return (search.Verdict, search.Value) switch
        {
            (SearchVerdict.Found, _) => $"The highest {what} that holds {objective} is {value}; {confirmed}. It ends at {ceiling}.",
            (SearchVerdict.AtLeast, _) => $"The highest {what} that holds {objective} is at least {value}, the most that was to be tried; {confirmed}.",
            (SearchVerdict.NothingHolds, _) => $"Nothing holds {objective}, down to {ceiling}.",
            (SearchVerdict.LoadTesterEnds, null) => $"What holds {objective} is not known.{end}",
            (SearchVerdict.LoadTesterEnds, _) => $"The highest {what} that holds {objective} is at least {value}; {confirmed}.{end}",
            (_, null) => $"The search was stopped before anything held {objective}{(search.Unconfirmed.Count > 0 ? " in every confirmation" : "")}.{end}",
            _ => $"The search was stopped: {value} held {objective}, which is not confirmed.{end}",
        } + (search.Unconfirmed.Count > 0 ? $" Not confirmed: {string.Join(", ", search.Unconfirmed.Select(v => Value(search.Of, v)))}." : "");
    }

    // The last run at a value is the one that the answer ends at.
    private static string Why(SearchResult search, long value) =>
        search.Probes.LastOrDefault(p => p.Value == value && p.Outcome is not ProbeOutcome.Held) is { Reasons: [var first, ..] } ? first : "it does not hold";

    private static string Purpose(SearchProbe probe) => probe.Phase switch
    {
        SearchPhase.Rising => "up",
        SearchPhase.Falling => "down",
        SearchPhase.Narrowing => "between",
        _ => $"confirmation {probe.Confirmation}",
    } + (probe.IsAgain ? ", again" : "");
}
