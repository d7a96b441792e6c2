namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>How many connections and messages there are to be over the time of a scenario.</summary>
internal sealed class ScenarioStages(ScenarioValues root, ScenarioFaults faults)
{
    private const string Missing = "has neither ramp nor step; say how long it takes, and whether values change in a straight line or at once";

    public List<LoadStage> Build()
    {
        var connections = root.Get("connections", ScenarioDefaults.Connections);
        var rate = root.Has("rate") ? root.Get("rate", 1.0) : (double?)null;
        if (!root.Has("stages"))
        {
            if (rate is 0) faults.Add(root.PlaceOfValue("rate"), "rate", "0 sends nothing; write more, or 'hold' for connections that are idle");
            return [new(root.Get("duration", ScenarioDefaults.Duration), connections, rate)];
        }

        if (root.Has("duration")) faults.Add(root.PlaceOf("duration"), "duration", "the stages say how long they take; take it away");
        var stages = new List<LoadStage>();
        var sizes = (SizeDistribution?)null;
        foreach (var (item, stage) in root.Items<ScenarioValues>("stages"))
        {
            var isFirst = stages.Count is 0;
            if (stage.Has("rate") && rate is null && !isFirst) faults.Add(stage.PlaceOf("rate"), stage.PathOf("rate"), "the stages before have no rate; give the first one a rate, 0 if need be");
            connections = stage.Get("connections", connections);
            if (stage.Has("rate")) rate = stage.Get("rate", rate ?? 1);
            sizes = stage.Get("size", sizes);
            stages.Add(new(Duration(stage, item, isFirst), connections, rate, stage.Has("step"), sizes));
        }

        if (stages.Count > 0 && stages.TrueForAll(s => s.Rate is 0)) faults.Add(root.PlaceOf("stages"), "stages", "the rate is 0 in all of them, which sends nothing; write more");
        // Only where all stages were at fault, which has been said.
        return stages.Count > 0 ? stages : [new(ScenarioDefaults.Duration, connections, rate)];
    }

    private TimeSpan Duration(ScenarioValues stage, ScenarioItem item, bool isFirst)
    {
        if (stage.Has("ramp") == stage.Has("step")) faults.Add(item.Place, item.Path, stage.Has("ramp") ? "has both ramp and step; take one of them away" : Missing);
        else if (isFirst && stage.Has("ramp")) faults.Add(stage.PlaceOf("ramp"), stage.PathOf("ramp"), "the first stage has nothing to begin at; write step");
        return stage.Get("step", stage.Get("ramp", ScenarioDefaults.Duration));
    }
}
