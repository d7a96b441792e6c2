namespace OrleansEcho.Benchmarks.Parts;

/// <summary>A time that stands still: no timer of it fires, so that a pause of the machine's changes nothing of what happens.</summary>
internal sealed class StillTime : TimeProvider
{
    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new StillTimer();

    private sealed class StillTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
