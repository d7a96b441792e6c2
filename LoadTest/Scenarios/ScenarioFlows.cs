namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What a scenario's connections do.</summary>
internal sealed class ScenarioFlows(ScenarioValues root, ScenarioFaults faults)
{
    private static readonly string[] OfParts = ["kind", "depth", "think", "churn", "hold", "burst"];

    /// <summary>The flows.</summary>
    /// <param name="hasRate">Whether the scenario has a rate.</param>
    public List<LoadFlow> Build(bool hasRate)
    {
        var usual = SizeDistribution.Fixed(ScenarioDefaults.Size);
        var sizes = root.Get("size", usual);
        if (!root.Has("mix")) return [CheckRate(One(root, sizes, hasRate), hasRate)];

        foreach (var key in OfParts.Where(root.Has)) faults.Add(root.PlaceOf(key), key, "beside a mix this says nothing; put it into a part of the mix");
        var flows = root.Items<ScenarioValues>("mix").Select(part => One(part.Value, sizes, hasRate)).ToList();
        if (hasRate && flows.Count > 0 && !flows.Exists(f => f.Kind is FlowKind.Open)) faults.Add(PlaceOfRate(), "rate", "no part of the mix goes by it; take it away, or add a part without churn, hold, burst and kind");
        return flows;
    }

    private LoadFlow One(ScenarioValues values, SizeDistribution sizes, bool hasRate)
    {
        var kind = Kind(values, hasRate);
        var isLoop = kind is FlowKind.Closed or FlowKind.Churn;
        var why = kind is FlowKind.Open ? "the rate decides" : $"{kind.ToString().ToLowerInvariant()} decides";
        if (!isLoop && values.Has("depth")) Refuse(values, "depth", $"{why} how many messages are in flight; take one of the two away");
        if (!isLoop && values.Has("think")) Refuse(values, "think", $"{why} when messages are sent; take one of the two away");
        var burst = values.Get<ScenarioValues?>("burst", null);
        return new()
        {
            Weight = values.Get("weight", 1.0),
            Kind = kind,
            Depth = kind is FlowKind.Burst ? burst?.Get("messages", 1) ?? 1 : values.Get("depth", ScenarioDefaults.Depth),
            Sizes = values.Get("size", sizes),
            ThinkTime = values.Get("think", TimeSpan.Zero),
            EchoesPerConnection = kind is FlowKind.Churn ? values.Get("churn", 1) : 0,
            BurstInterval = burst?.Get("every", TimeSpan.Zero) ?? TimeSpan.Zero,
            TrickleInterval = kind is FlowKind.Hold && values.Get("hold", TimeSpan.Zero) is { Ticks: > 0 } trickle ? trickle : TimeSpan.Zero,
        };
    }

    private FlowKind Kind(ScenarioValues values, bool hasRate)
    {
        var said = new[] { ("churn", FlowKind.Churn), ("hold", FlowKind.Hold), ("burst", FlowKind.Burst) }.Where(k => Says(values, k.Item1)).ToList();
        foreach (var (key, _) in said.Skip(1)) Refuse(values, key, $"a connection does this or {said[0].Item1}; take one of the two away, or make them parts of a mix");
        var inferred = said.Count > 0 ? said[0].Item2 : hasRate ? FlowKind.Open : FlowKind.Closed;
        if (values.Get<string?>("kind", null) is not { } name) return inferred;

        var kind = Enum.Parse<FlowKind>(name, ignoreCase: true);
        if (said.Count > 0 && kind != inferred) Refuse(values, "kind", $"{said[0].Item1} makes it {said[0].Item1}; take one of the two away");
        else if (kind is FlowKind.Open && !hasRate) Refuse(values, "kind", "an open loop goes by a rate, and there is none; add one beside targets and connections, such as 'rate: 1000'");
        else if (kind is FlowKind.Churn or FlowKind.Burst && said.Count is 0) Refuse(values, "kind", kind is FlowKind.Churn ? "it does not say after how many echoes; write 'churn: 10' instead" : "it does not say how many messages and how often; write 'burst: { messages: 10, every: 1s }' instead");
        return kind;
    }

    // 'hold: false' says that it does not.
    private static bool Says(ScenarioValues values, string key) => values.Has(key) && values.Get(key, TimeSpan.Zero) != TimeSpan.MinValue;

    private LoadFlow CheckRate(LoadFlow flow, bool hasRate)
    {
        if (hasRate && flow.Kind is not FlowKind.Open) faults.Add(PlaceOfRate(), "rate", $"nothing goes by it beside {flow.Kind.ToString().ToLowerInvariant()}; take one of the two away, or make them parts of a mix");
        return flow;
    }

    private ScenarioPlace PlaceOfRate() =>
        root.Has("rate") ? root.PlaceOf("rate") : root.Items<ScenarioValues>("stages").Select(s => s.Value).FirstOrDefault(s => s.Has("rate"))?.PlaceOf("rate") ?? root.Place;

    private void Refuse(ScenarioValues values, string key, string message) => faults.Add(values.PlaceOf(key), values.PathOf(key), message);
}
