namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>The tests in which time is part of the question: they run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
