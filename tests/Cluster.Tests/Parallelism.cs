// Each test starts processes that keep a core busy while they start: more at once would only make each other slow.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace OrleansEcho.Cluster.Tests;

/// <summary>The tests in which time or memory is part of the question: they run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
