using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports.Terminal;

/// <summary>A run as lines, one a second: for files, pipes and logs of CI.</summary>
/// <param name="writer">Where to.</param>
internal sealed class PlainView(TextWriter writer) : ILoadObserver
{
    private TimeSpan _left;
    private (LoadPhase Phase, long Step)? _last;

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        _left = progress.Left;
        var now = (progress.Phase, progress.Phase is LoadPhase.Gathering ? progress.Workers : (long)progress.Elapsed.TotalSeconds);
        var isNew = _last?.Phase != progress.Phase;
        if (now == _last || (progress.Phase is LoadPhase.Measuring && !isNew)) return; // seconds that count have lines of their own
        _last = now;
        if (progress.Phase is LoadPhase.Gathering) writer.WriteLine($"{Name(progress.Phase),-10} {progress.Workers} of {Quantity.Of(progress.WorkersWanted, "worker")}");
        else writer.WriteLine($"{Name(progress.Phase),-10} {Quantity.Of(progress.ConnectionsOpen, "connection")} open{Troubles(progress.Errors, progress.Faults)}");
    }

    /// <inheritdoc/>
    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
        var rate = interval.Seconds > 0 ? interval.Messages / interval.Seconds : 0;
        var latency = interval.Latency.Count is 0
            ? "no message"
            : $"p50 {Quantity.Time(interval.Latency.P50),-8} p99 {Quantity.Time(interval.Latency.P99),-8} max {Quantity.Time(interval.Latency.Max),-8}";
        writer.WriteLine(
            $"{Quantity.Duration(Math.Round(interval.At + interval.Seconds, 1)),-10} {Quantity.Rate(rate) + "/s",-12} {latency} {Quantity.Count(interval.ConnectionsOpen)} open"
            + Troubles(soFar.Errors.Values.Sum(), soFar.Integrity.Faults)
            + (_left > TimeSpan.Zero ? $", {Left(_left)} left" : ""));
    }

    /// <summary>A phase in words.</summary>
    public static string Name(LoadPhase phase) => phase switch
    {
        LoadPhase.Gathering => "waiting for",
        LoadPhase.Connecting => "connecting",
        LoadPhase.WarmingUp => "warming up",
        LoadPhase.Measuring => "measuring",
        _ => "draining",
    };

    /// <summary>How much longer, in whole seconds.</summary>
    public static string Left(TimeSpan left) => Quantity.Duration(Math.Max(1, Math.Round(left.TotalSeconds)));

    private static string Troubles(long errors, long faults) => (errors, faults) switch
    {
        (0, 0) => "",
        (_, 0) => $", {Quantity.Of(errors, "error")}",
        (0, _) => $", {Quantity.Count(faults)} wrong",
        _ => $", {Quantity.Of(errors, "error")}, {Quantity.Count(faults)} wrong",
    };
}
