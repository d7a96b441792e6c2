namespace OrleansEcho.Testing.Processes;

/// <summary>The ways to run the product.</summary>
public enum Topology
{
    /// <summary>Gateway and silo in one process.</summary>
    Standalone,

    /// <summary>A gateway and a silo, each a process.</summary>
    TwoProcesses,
}
