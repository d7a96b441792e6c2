namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>The last events of a simulation, as text.</summary>
internal sealed class Trace
{
    private const int Kept = 80;

    private readonly Queue<string> _lines = new();

    public void Say(long now, string line)
    {
        _lines.Enqueue($"{now,7} {line}");
        if (_lines.Count > Kept) _lines.Dequeue();
    }

    public override string ToString() => string.Join('\n', _lines);
}
