namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>The direct echo and all that is measured beside it, running at the same time, so that rounds can go round all of them. One that is not loaded costs next to nothing.</summary>
internal sealed class RunningServers : IAsyncDisposable
{
    private readonly List<(ServerVariant Variant, MeasuredServer Server)> _servers = [];

    private RunningServers(MeasuredServer direct) => Direct = direct;

    /// <summary>What everything is measured by.</summary>
    public MeasuredServer Direct { get; }

    /// <summary>Starts them one after another.</summary>
    public static async Task<RunningServers> StartAsync(IReadOnlyList<ServerVariant> variants)
    {
        var all = new RunningServers(await MeasuredServer.DirectAsync());
        try
        {
            foreach (var variant in variants) all._servers.Add((variant, await variant.StartAsync()));
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>Those that are measured under a load.</summary>
    public List<(ServerVariant Variant, MeasuredServer Server)> Taking(MeasuredLoad load) => [.. _servers.Where(s => s.Variant.Takes(load))];

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, server) in _servers) await server.DisposeAsync();
        await Direct.DisposeAsync();
    }
}
