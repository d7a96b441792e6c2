using System.Diagnostics.Metrics;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>How the store of the list of silos does, as this process finds it when it asks every two seconds, on the meter <c>OrleansEcho.Stores</c>. Described in docs/operations.md.</summary>
public sealed class StoreMetrics
{
    private readonly Histogram<double> _duration;
    private int _available = -1; // not known yet

    /// <summary>Makes the instruments.</summary>
    public StoreMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("OrleansEcho.Stores");
        _duration = meter.CreateHistogram<double>("echo.membership.store.duration", "s", "How long the store of the list of silos took to answer.");
        meter.CreateObservableUpDownCounter<int>("echo.membership.store.available", () => Volatile.Read(ref _available) is >= 0 and var available ? [new(available)] : [], "{store}", "1 while the store of the list of silos can be used: written to by a silo, read by a gateway; absent where the list is in memory.");
    }

    /// <summary>It has answered.</summary>
    public void Answered(TimeSpan took)
    {
        _duration.Record(took.TotalSeconds);
        Volatile.Write(ref _available, 1);
    }

    /// <summary>It has not.</summary>
    public void Failed() => Volatile.Write(ref _available, 0);
}
