using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace OrleansEcho.Gateway.Tests.Fakes;

internal static class Measurements
{
    /// <summary>What was counted, without the zeros with which series begin.</summary>
    public static IReadOnlyList<CollectedMeasurement<long>> Counted(this MetricCollector<long> instrument) => [.. instrument.GetMeasurementSnapshot().Where(m => m.Value is not 0)];
}
