using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load;

/// <summary>A connection could not be opened.</summary>
internal sealed class TargetException(ErrorClass error, string words) : Exception(words)
{
    /// <summary>How it counts.</summary>
    public ErrorClass Error { get; } = error;
}
