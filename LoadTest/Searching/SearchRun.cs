using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>Carries a search out, run by run, and keeps what came of each.</summary>
internal sealed class SearchRun(SearchPlan plan, ILoadRunner runner, TimeProvider time)
{
    private readonly LimitSearch _search = new(plan.Range);
    private readonly SearchObjective _objective = new(plan.Conditions);
    private readonly List<SearchProbe> _probes = [];
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private RunResult? _confirmed;

    /// <summary>All runs that were finished.</summary>
    public IReadOnlyList<SearchProbe> Probes => _probes;

    /// <summary>Why it could not go on; null where it could.</summary>
    public string? Fault { get; private set; }

    /// <summary>The last run that held at the answer; null where there is none.</summary>
    public RunResult? Confirmed => _search.Answer?.Value is null ? null : _confirmed;

    /// <summary>Runs until there is an answer, a run cannot be, or somebody has had enough.</summary>
    /// <param name="onProbe">Hears of each run that is over.</param>
    /// <param name="interrupt">Ends it; the run that is under way says nothing then.</param>
    public async Task RunAsync(Action<SearchProbe> onProbe, CancellationToken interrupt)
    {
        while (_search.Next is { } step && !interrupt.IsCancellationRequested)
        {
            RunResult run;
            try
            {
                run = await runner.RunAsync(plan.At(step.Value), new SilentObserver(), interrupt);
            }
            catch (CannotRunException e)
            {
                Fault = e.Message;
                return;
            }
            catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
            {
                return;
            }

            if (interrupt.IsCancellationRequested || run.Verdict is Verdict.Interrupted) return;
            if ((Fault = TargetReachability.FaultOf(run)) is not null) return;
            var probe = _objective.Judge(step, run);
            // What is confirmed later is more.
            if (probe is { Phase: SearchPhase.Confirming, Outcome: ProbeOutcome.Held } && step.Confirmation == plan.Range.Confirmations)
            {
                _confirmed = run;
            }

            _probes.Add(probe);
            _search.Tell(probe.Outcome);
            onProbe(probe);
        }
    }

    /// <summary>What is known now.</summary>
    public SearchResult Result()
    {
        var result = new SearchResult
        {
            Tool = ToolVersion.Text,
            StartedAt = _startedAt,
            Scenario = plan.At(plan.Range.From),
            Machine = Machine.Fingerprint(),
            Of = plan.Of,
            Objective = plan.Objective,
            Range = plan.Range,
            Verdict = _search.Answer?.Verdict ?? SearchVerdict.Interrupted,
            Value = _search.Answer is { } answer ? answer.Value : _search.Held,
            Ceiling = _search.Ceiling,
            Broken = _search.Broken,
            Unconfirmed = _search.Unconfirmed,
            Summary = "",
            Probes = _probes,
        };
        return result with { Summary = SearchText.Summary(result) };
    }
}
