namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Puts what flags say over what a file says.</summary>
internal static class ScenarioOverlay
{
    private static readonly string[] Kinds = ["rate", "churn", "hold", "burst"];
    private static readonly string[] OfLoops = ["depth", "think"];
    private static readonly string[] OfStages = ["connections", "rate", "size"];

    /// <summary>A flag takes its key's place. It is a fault where it would be without effect: stages, or the parts of a mix, say it themselves.</summary>
    public static ScenarioMap Put(ScenarioMap flags, ScenarioMap file, ScenarioFaults faults)
    {
        var isStaged = file.Find("stages") is not null;
        foreach (var flag in flags.Entries)
        {
            if (OfStages.Contains(flag.Key)) RefuseWithoutEffect(flag, "stages", file, faults);
            if (flag.Key is "size") RefuseWithoutEffect(flag, "mix", file, faults);
            if (flag.Key is "duration" && isStaged) faults.Add(flag.Place, "", $"the stages of {file.Place.Source} say how long they take; change them there");
        }

        var entries = file.Entries.Where(entry => !IsReplaced(entry.Key, file, flags)).ToList();
        foreach (var flag in flags.Entries.Where(flag => !(flag.Key is "duration" && isStaged)))
        {
            var before = file.Find(flag.Key);
            entries.Add((flag.Key, flag.Node, before?.Node) switch
            {
                ("thresholds", ScenarioList more, ScenarioList some) => flag with { Node = more with { Items = [.. some.Items, .. more.Items] } },
                (_, ScenarioMap over, ScenarioMap under) => flag with { Node = over with { Entries = [.. under.Entries.Where(e => over.Find(e.Key) is null), .. over.Entries] } },
                ("tls", ScenarioScalar, ScenarioMap under) => flag with { Node = under },
                _ => flag,
            });
        }

        return file with { Entries = entries };
    }

    private static void RefuseWithoutEffect(ScenarioEntry flag, string list, ScenarioMap file, ScenarioFaults faults)
    {
        if (file.Find(list)?.Node is ScenarioList parts && parts.Items.OfType<ScenarioMap>().FirstOrDefault(part => part.Find(flag.Key) is not null) is { } part)
        {
            faults.Add(flag.Place, "", $"the {list} of {part.Place.Source} say it themselves (line {part.Place.Line}); change them there");
        }
    }

    // A flag that says what decides when connections send takes away what the file says of that, and what then means nothing. In a mix
    // the parts say it.
    private static bool IsReplaced(string key, ScenarioMap file, ScenarioMap flags)
    {
        if (flags.Find(key) is not null) return true;
        if (file.Find("mix") is not null || !Array.Exists(Kinds, kind => flags.Find(kind) is not null)) return false;
        return key is "kind" || Kinds.Contains(key) || (OfLoops.Contains(key) && flags.Find("churn") is null);
    }
}
