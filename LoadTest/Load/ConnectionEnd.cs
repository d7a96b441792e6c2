namespace OrleansEcho.LoadTest.Load;

/// <summary>How a connection has ended.</summary>
internal enum ConnectionEnd
{
    /// <summary>It had done what it was to do.</summary>
    Ours,

    /// <summary>It broke, was refused, or took too long.</summary>
    Fault,
}
