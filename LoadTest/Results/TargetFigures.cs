namespace OrleansEcho.LoadTest.Results;

/// <summary>One target's figures.</summary>
/// <param name="Target">Its name, <c>HOST:PORT</c>.</param>
/// <param name="Figures">What it did.</param>
public sealed record TargetFigures(string Target, LoadFigures Figures);
