using System.Globalization;
using System.Text;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>What was found, in Markdown: a table a server.</summary>
internal sealed class RatioTable
{
    private readonly Dictionary<ServerVariant, List<(MeasuredLoad Load, Comparison Direct, Comparison? Cluster)>> _rows = [];

    /// <summary>Adds a row; one for the same server and load takes the place of the first.</summary>
    /// <param name="server">Who was loaded.</param>
    /// <param name="load">With what.</param>
    /// <param name="direct">Beside the direct echo.</param>
    /// <param name="cluster">Beside one gateway and one silo; null when those were not measured.</param>
    public void Put(ServerVariant server, MeasuredLoad load, Comparison direct, Comparison? cluster)
    {
        if (!_rows.TryGetValue(server, out var rows)) _rows[server] = rows = [];
        rows.RemoveAll(row => row.Load == load);
        rows.Add((load, direct, cluster));
    }

    /// <summary>The tables.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        foreach (var (server, rows) in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"`{server.Name}` ({server.Description}) beside the direct echo (= 1):\n\n");
            text.Append("| | messages/s (W6: connections/s) | ratio | CPU a message | ratio | of single rounds | beside `cluster` | p50 | ratio | p99 | ratio |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
            foreach (var (load, direct, cluster) in rows.OrderBy(row => row.Load.Name, StringComparer.Ordinal))
            {
                var (own, over) = (direct.Own, direct.Over);
                var beside = cluster is null ? "" : cluster.Over.Cpu.ToString("0.00", CultureInfo.InvariantCulture);
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {load.Name} | {own.Rate:N0} | {over.Rate:0.00} | {own.Cpu:0.0} µs | {over.Cpu:0.00} | {direct.LowestCpu:0.00}–{direct.HighestCpu:0.00} | {beside} | {own.P50:0.00} ms | {over.P50:0.00} | {own.P99:0.0} ms | {over.P99:0.0} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
