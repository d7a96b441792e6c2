namespace OrleansEcho.LoadTest.Results;

/// <summary>Where a run was made: figures of two machines are not to be compared.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">How many there are.</param>
/// <param name="Memory">The memory there is for this process, in bytes.</param>
/// <param name="System">The operating system with its version.</param>
/// <param name="Runtime">.NET's version.</param>
public sealed record MachineFingerprint(string Processor, int Processors, long Memory, string System, string Runtime);
