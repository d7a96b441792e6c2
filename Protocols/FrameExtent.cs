namespace OrleansEcho.Protocols;

/// <summary>Where a frame lies in bytes that begin with it.</summary>
/// <param name="Start">Where its payload begins.</param>
/// <param name="Length">How long its payload is, in bytes.</param>
/// <param name="End">Where the next frame begins: above 0.</param>
public readonly record struct FrameExtent(int Start, int Length, int End);
