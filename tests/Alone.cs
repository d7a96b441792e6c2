namespace OrleansEcho.Testing;

/// <summary>
/// The tests to which the whole process or machine is the question: how long something takes, how much memory there is, what a process has
/// only one of. They run while no other test of their program does. It is compiled into each test program, where xunit looks for it.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Alone";
}
