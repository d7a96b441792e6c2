using System.Collections.Concurrent;

namespace OrleansEcho.Client.Connections;

/// <summary>Objects that wait for their next use: as many as a busy client has at once, and no more.</summary>
internal sealed class ReusePool<T>(Func<T> make)
    where T : class
{
    // A few connections' worth of requests in flight; what is beyond a peak is left to the garbage collector.
    private const int Most = 1024;

    private readonly ConcurrentQueue<T> _unused = new();
    private int _count;

    public T Take()
    {
        if (!_unused.TryDequeue(out var item)) return make();
        Interlocked.Decrement(ref _count);
        return item;
    }

    public void Give(T item)
    {
        if (Interlocked.Increment(ref _count) > Most) Interlocked.Decrement(ref _count);
        else _unused.Enqueue(item);
    }
}
