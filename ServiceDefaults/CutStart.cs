namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// A start that a signal has cut short, because it took too long. Whatever was waited for just then ends with an exception, which whoever
/// waited calls a fault and logs; but it was asked for.
/// </summary>
internal sealed class CutStart
{
    private volatile bool _hasHappened;

    /// <summary>Whether this process's start was cut short.</summary>
    public bool HasHappened => _hasHappened;

    /// <summary>The start is cut short now.</summary>
    public void Happens() => _hasHappened = true;
}
