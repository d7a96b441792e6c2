using System.Text;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>All that decides how a simulation goes: the same one goes the same way each time. Milliseconds throughout.</summary>
internal sealed record Schedule
{
    /// <summary>Decides what nobody needs to choose: delays, and what connections do.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The limit that the configuration has at first; null for none.</summary>
    public required int? Limit { get; init; }

    /// <summary>How many clusters share the quota: 1 or 2.</summary>
    public required int Clusters { get; init; }

    /// <summary>Whether the quota has been there before; otherwise it begins with relearning.</summary>
    public required bool IsKnown { get; init; }

    public required int Lease { get; init; }

    public required int Renew { get; init; }

    public required bool ClosesNewest { get; init; }

    /// <summary>How long a call to the store and a message take when nothing is wrong, at most.</summary>
    public required int Latency { get; init; }

    public required IReadOnlyList<GatewayPlan> Gateways { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>When every fault has ended, and nobody connects any more.</summary>
    public required int Duration { get; init; }

    public QuotaTerms Terms => new()
    {
        Limit = Limit,
        Lease = TimeSpan.FromMilliseconds(Lease),
        Renew = TimeSpan.FromMilliseconds(Renew),
        ClosesNewest = ClosesNewest,
    };

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"seed {Seed}: limit {Limit?.ToString() ?? "none"}, clusters {Clusters}, {(IsKnown ? "known" : "new")}, lease {Lease}, renew {Renew}, closes newest {ClosesNewest}, latency {Latency}, {Duration} ms");
        foreach (var gateway in Gateways) text.AppendLine($"  {gateway}");
        foreach (var fault in Faults) text.AppendLine($"  {fault}");
        return text.ToString();
    }
}

/// <summary>One gateway, and who connects to it.</summary>
/// <param name="Policy">What it does at its lease's end.</param>
/// <param name="Reserve">Connections that it admits without a lease.</param>
/// <param name="Drift">How much too fast its clock runs at first, in millionths.</param>
/// <param name="Wait">How long a connection waits for a permit.</param>
/// <param name="Interval">How often connections come on average; 0 for never.</param>
/// <param name="Batch">How many come at a time.</param>
/// <param name="Life">How long they live on average.</param>
internal sealed record GatewayPlan(QuotaPolicy Policy, int Reserve, int Drift, int Wait, int Interval, int Batch, int Life);
