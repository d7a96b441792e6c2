using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// The connections' grains that are active on this silo, so that a lane can hand them their sets as turns of theirs, without a message for each
/// (docs/adr/0018-sets-are-turns.md). Safe for any thread.
/// </summary>
internal sealed class LocalConnections
{
    private readonly ConcurrentDictionary<Key, ConnectionGrain> _grains = new();
    private string _lastRun = ""; // so that thousands of connections of one run share the text of its name

    /// <summary>The grain of a connection; false when this silo has none, so that it has to be opened.</summary>
    public bool TryGet(string run, long number, [NotNullWhen(true)] out ConnectionGrain? grain) => _grains.TryGetValue(new(run, number), out grain);

    /// <summary>A grain is active from now on.</summary>
    public void Add(ConnectionId id, ConnectionGrain grain)
    {
        var run = id.Run;
        if (run == _lastRun) run = _lastRun;
        _lastRun = run;
        _grains[new(run, id.Number)] = grain;
    }

    /// <summary>A grain is active no more; another activation of it stays.</summary>
    public void Remove(ConnectionId id, ConnectionGrain grain) => _grains.TryRemove(new(new(id.Run, id.Number), grain));

    private readonly record struct Key(string Run, long Number)
    {
        // Looked up for each set: the numbers differ within a run, and two letters of sixty random bits tell runs apart.
        public override int GetHashCode() => (int)Number ^ (Run[0] << 16) ^ (Run[1] << 24);
    }
}
