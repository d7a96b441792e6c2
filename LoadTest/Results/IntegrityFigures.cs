namespace OrleansEcho.LoadTest.Results;

/// <summary>What was wrong with messages. Any of it fails a run; <see cref="Unanswered"/> only where the scenario does not allow it.</summary>
/// <param name="Lost">Never came back, although one that was sent later did, or the connection lived to the end of the drain.</param>
/// <param name="Doubled">Came back more than once; each time beyond the first counts.</param>
/// <param name="Reordered">Came back after one that was sent later.</param>
/// <param name="Corrupted">Came back with other bytes, or bytes came that no message was made of.</param>
/// <param name="Foreign">Belongs to another connection, or was not sent yet.</param>
/// <param name="Unanswered">Were outstanding when their connection broke, was refused or timed out: the connection's fault counts as an error, too.</param>
public sealed record IntegrityFigures(long Lost, long Doubled, long Reordered, long Corrupted, long Foreign, long Unanswered)
{
    /// <summary>All that fails a run.</summary>
    public long Faults => Lost + Doubled + Reordered + Corrupted + Foreign;
}
