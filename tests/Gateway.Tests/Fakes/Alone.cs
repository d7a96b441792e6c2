namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>The tests in which the process's memory is the question: they run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
