namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Makes a scenario out of values that are good each by themselves, and says which do not go together.</summary>
internal sealed class ScenarioBuilder(ScenarioValues root, ScenarioFaults faults)
{
    /// <summary>Makes it. It is good for something only where there was no fault.</summary>
    /// <param name="name">What it is called where it does not say so.</param>
    public ScenarioFile Build(string name)
    {
        var targets = new ScenarioTargets(root, faults).Build();
        var stages = new ScenarioStages(root, faults).Build();
        var flows = new ScenarioFlows(root, faults).Build(stages.Any(s => s.Rate is not null));
        CheckConnections(stages.Max(s => s.Connections), targets, flows);
        CheckSizes(targets);
        return new(
            new LoadScenario
            {
                Name = root.Get("name", name),
                Targets = targets,
                Sources = Sources(),
                Stages = stages,
                Flows = flows,
                Warmup = root.Get("warmup", ScenarioDefaults.Warmup),
                Drain = root.Get("drain", ScenarioDefaults.Drain),
                Timeout = root.Get("timeout", ScenarioDefaults.Timeout),
                ConnectWindow = root.Get("connect-window", ScenarioDefaults.ConnectWindow),
                Reconnects = root.Get("reconnect", true),
                AllowsErrors = root.Get("allow-errors", false),
                AllowsUnanswered = root.Get("allow-errors", false),
                AllowsUnsent = root.Get("allow-errors", false),
                Seed = root.Get("seed", ScenarioDefaults.Seed),
            },
            root.Get("description", ""),
            [.. root.Items<string>("thresholds").Select(t => new ScenarioThreshold(t.Value, t.Item.Place))]);
    }

    private List<string> Sources()
    {
        foreach (var (item, text) in root.Items<string>("sources"))
        {
            if (!System.Net.IPAddress.TryParse(text, out _)) faults.Add(item.Place, item.Path, $"'{text}' is no address; write one of this machine, such as 127.0.0.2");
        }

        return [.. root.Items<string>("sources").Select(s => s.Value)];
    }

    private void CheckConnections(int most, List<LoadTarget> targets, List<LoadFlow> flows)
    {
        var (needed, why) = targets.Count >= flows.Count ? (targets.Count, "targets") : (flows.Count, "parts of the mix");
        if (most < needed) faults.Add(root.PlaceOfValue("connections"), "connections", $"{most} are fewer than the {needed} {why}, so that some would get none; write at least {needed}");
    }

    // Which sizes are too small depends on where they go to.
    private void CheckSizes(List<LoadTarget> targets)
    {
        if (targets.Count is 0) return;
        var framing = targets.Select(t => t.Framing).MaxBy(SizeText.Min)!;
        foreach (var values in root.Items<ScenarioValues>("mix").Concat(root.Items<ScenarioValues>("stages")).Select(item => item.Value).Prepend(root))
        {
            if (values.Get<SizeDistribution?>("size", null) is { } sizes && sizes.Min < SizeText.Min(framing))
            {
                faults.Add(values.PlaceOfValue("size"), values.PathOf("size"), $"{sizes.Min} is too small with {framing}, where a message needs {SizeText.Min(framing)} bytes; write at least that");
            }
        }
    }
}
