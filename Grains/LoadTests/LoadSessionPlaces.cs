namespace OrleansEcho.Grains.LoadTests;

/// <summary>
/// Which load sessions a silo carries: a bounded number, since anybody in the cluster may name another one. A session that nobody speaks to loses its place to the next.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LoadSessionPlaces(TimeProvider time)
{
    /// <summary>How many a silo carries at most: far more than anybody runs at once, and with all their workers some 20 MB of names.</summary>
    public const int Most = 64;

    private readonly Dictionary<LoadSession, long> _heard = [];
    private readonly Lock _gate = new();

    /// <summary>Somebody speaks to a session.</summary>
    /// <returns>Whether it has a place.</returns>
    public bool TryKeep(LoadSession session)
    {
        lock (_gate)
        {
            if (_heard.Count >= Most && !_heard.ContainsKey(session))
            {
                foreach (var (other, heard) in _heard)
                {
                    if (time.GetElapsedTime(heard) > LoadSession.Patience) _heard.Remove(other);
                }

                if (_heard.Count >= Most) return false;
            }

            _heard[session] = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>A session holds nothing any more.</summary>
    public void Leave(LoadSession session)
    {
        lock (_gate) _heard.Remove(session);
    }
}
