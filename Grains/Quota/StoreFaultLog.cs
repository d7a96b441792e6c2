using System.Collections.Concurrent;

namespace OrleansEcho.Grains.Quota;

/// <summary>
/// When this silo has last said of a quota that its store fails: once in a while is enough, however many activations find out and however
/// often the store comes and goes.
/// </summary>
internal sealed class StoreFaultLog(TimeProvider time)
{
    // Long enough that a store that fails every other call is no flood of lines, short enough that nobody believes that it is well.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Said> _said = new();

    /// <summary>A call to a store fails, and this activation has not said yet that this store is away.</summary>
    /// <param name="scope">Whose store.</param>
    /// <param name="unsaid">How many such calls there were since it was last said.</param>
    /// <returns>Whether to say it.</returns>
    public bool Fails(string scope, out int unsaid)
    {
        var said = _said.GetOrAdd(scope, _ => new Said());
        lock (said)
        {
            var now = time.GetElapsedTime(0);
            if (now - said.At < Interval)
            {
                unsaid = ++said.Unsaid;
                return false;
            }

            unsaid = said.Unsaid;
            (said.At, said.Unsaid, said.IsLastWord) = (now, 0, true);
            return true;
        }
    }

    /// <summary>A write to a store has succeeded.</summary>
    /// <param name="scope">Whose store.</param>
    /// <returns>Whether to say it: that it fails is the last that was said here, perhaps by an activation before this one.</returns>
    public bool IsBack(string scope)
    {
        if (!_said.TryGetValue(scope, out var said)) return false;
        lock (said)
        {
            var isNews = said.IsLastWord;
            said.IsLastWord = false;
            return isNews;
        }
    }

    private sealed class Said
    {
        public TimeSpan? At { get; set; }

        public int Unsaid { get; set; }

        public bool IsLastWord { get; set; }
    }
}
