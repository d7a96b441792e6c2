namespace OrleansEcho.Protocols;

/// <summary>Where a frame lies in bytes that begin with it.</summary>
/// <param name="Start">Where its payload begins, in bytes from the frame's first one.</param>
/// <param name="Length">How long its payload is, in bytes.</param>
/// <param name="End">Where the next frame begins, in bytes from this one's first: above 0.</param>
public readonly record struct FrameExtent(int Start, int Length, int End);
