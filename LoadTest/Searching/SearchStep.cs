namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search wants to know next.</summary>
/// <param name="Value">What to probe.</param>
/// <param name="Phase">What for.</param>
/// <param name="Confirmation">Which confirmation it is, from 1; 0 for none.</param>
/// <param name="IsAgain">Whether it is the run before once more, as that did not hold or was invalid.</param>
internal readonly record struct SearchStep(long Value, SearchPhase Phase, int Confirmation = 0, bool IsAgain = false);
