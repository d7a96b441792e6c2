namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>Loads servers in turn, so that what a moment of the machine's does to one it does to the others, too.</summary>
/// <param name="direct">What they are compared with.</param>
/// <param name="seconds">How long each is loaded at a time.</param>
/// <param name="warmup">How long each is loaded at a time before, with the same load, in seconds: until it is compiled for it.</param>
internal sealed class RatioMeasurement(MeasuredServer direct, int seconds, int warmup)
{
    /// <summary>Warms them up, and measures.</summary>
    /// <returns>The direct echo's rounds first, then theirs in the order of <paramref name="servers"/>.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<Measurement>>> MeasureAsync(MeasuredLoad load, IReadOnlyList<MeasuredServer> servers, int rounds, CancellationToken cancellation)
    {
        foreach (var server in (MeasuredServer[])[direct, .. servers]) await load.WarmUpAsync(server, warmup, cancellation);
        return await AgainAsync(load, servers, rounds, cancellation);
    }

    /// <summary>Measures what is warm.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Measurement>>> AgainAsync(MeasuredLoad load, IReadOnlyList<MeasuredServer> servers, int rounds, CancellationToken cancellation)
    {
        MeasuredServer[] all = [direct, .. servers];
        var found = Array.ConvertAll(all, _ => new Measurement[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var turn = round % 2 is 0 ? i : all.Length - 1 - i; // there and back: nobody always comes after the same one
                found[turn][round] = await load.MeasureAsync(all[turn], seconds, cancellation);
            }
        }

        return found;
    }
}
