namespace OrleansEcho.Grains.LoadTests;

/// <summary>
/// What all load sessions of a silo hold together: anybody in the cluster may open another one, and the silo's memory is its connections'.
/// What does not fit is not kept, which is as if the call had been lost: workers send it again.
/// </summary>
internal sealed class LoadSessionMemory
{
    /// <summary>How many bytes that is at most. A report has some hundred KiB, and stays until the conductor's next call.</summary>
    public const long MostBytes = 128 * 1024 * 1024;

    private long _held;

    /// <summary>How many bytes are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Holds something else in place of what was held.</summary>
    /// <param name="before">How many bytes that had; they count no more, even when there is no room for the others.</param>
    /// <param name="after">How many bytes this has.</param>
    /// <returns>Whether there is room.</returns>
    public bool TryReplace(long before, long after)
    {
        if (Interlocked.Add(ref _held, after - before) <= MostBytes || after is 0) return true;
        Interlocked.Add(ref _held, -after);
        return false;
    }
}
