namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>Tests that use what a process has only one of, its current directory and its environment, run one at a time.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ProcessState;
