namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Where a scenario's connections go to.</summary>
internal sealed class ScenarioTargets(ScenarioValues root, ScenarioFaults faults)
{
    public List<LoadTarget> Build()
    {
        var targets = new List<LoadTarget>();
        var (framing, tls) = (root.Get("framing", ScenarioDefaults.Framing), Tls(root));
        foreach (var item in root.Get<List<ScenarioItem>>("targets", []))
        {
            if (One(item, framing, tls) is not { } target) continue;
            if (targets.Exists(t => t.Name == target.Name)) faults.Add(item.Place, item.Path, $"{target.Name} is there twice; take one away");
            targets.Add(target);
        }

        if (!root.Has("targets") && TargetText.TryParse(ScenarioDefaults.Target, out var usual, out _)) targets.Add(new(usual.Host, usual.Port, framing, tls));
        return targets;
    }

    private LoadTarget? One(ScenarioItem item, string framing, LoadTls? tls)
    {
        switch (item.Value)
        {
            case TargetText text:
                return new(text.Host, text.Port, text.Framing ?? framing, tls);
            case ScenarioValues full when full.Get<TargetText?>("address", null) is { } text:
                if (text.Framing is not null && full.Has("framing")) faults.Add(full.PlaceOf("framing"), full.PathOf("framing"), "the address says it, too; take one of them away");
                return new(text.Host, text.Port, text.Framing ?? full.Get("framing", framing), full.Has("tls") ? Tls(full) : tls);
            default:
                return null;
        }
    }

    private LoadTls? Tls(ScenarioValues values)
    {
        if (values.Get<ScenarioValues?>("tls", null) is not { } tls) return values.Get("tls", false) ? new LoadTls() : null;
        if (tls.Has("cert") != tls.Has("key"))
        {
            var (there, missing) = tls.Has("cert") ? ("cert", "key") : ("key", "cert");
            faults.Add(tls.PlaceOf(there), tls.PathOf(there), $"a certificate and its key go together; add {missing}");
        }

        if (tls.Get("insecure", false) && tls.Has("ca")) faults.Add(tls.PlaceOf("insecure"), tls.PathOf("insecure"), "any certificate will do, or those of an authority; take one of the two away");
        return new(tls.Get<string?>("name", null), File(tls, "ca"), File(tls, "cert"), File(tls, "key"), tls.Get("insecure", false));
    }

    // A path in a file begins at the file's folder, so that both can be moved; one in a flag where the shell is. What is kept is the whole
    // path: a result tells its scenario to whoever runs it again, wherever that is on the machine.
    private string? File(ScenarioValues tls, string key)
    {
        if (tls.Get<string?>(key, null) is not { } path) return null;
        var place = tls.PlaceOfValue(key);
        if (!place.IsFlag) path = Path.Combine(Path.GetDirectoryName(place.Source) ?? "", path);
        if (System.IO.File.Exists(path)) return Path.GetFullPath(path);
        faults.Add(place, tls.PathOf(key), $"there is no file {path}; correct the path");
        return path;
    }
}
