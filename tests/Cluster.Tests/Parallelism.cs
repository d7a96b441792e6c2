// Each test starts processes that keep a core busy while they start, and waits for most of its time after that.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace OrleansEcho.Cluster.Tests;

/// <summary>The tests that measure how long something takes, or take the whole machine: they run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
