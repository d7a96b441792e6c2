using System.Threading.Tasks.Sources;

namespace OrleansEcho.Benchmarks.Parts;

/// <summary>An answer that is waited for and given again and again, and allocates nothing: what is counted belongs to those who wait. They go on on the thread that gives it.</summary>
internal sealed class Answer<T> : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _core;

    /// <summary>Begins to wait. The last answer must have been taken.</summary>
    public ValueTask<T> WaitAsync()
    {
        _core.Reset();
        return new(this, _core.Version);
    }

    /// <summary>Gives the answer.</summary>
    public void Give(T answer) => _core.SetResult(answer);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
