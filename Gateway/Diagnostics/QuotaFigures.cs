namespace OrleansEcho.Gateway.Diagnostics;

/// <summary>What is told of a gateway's part in the quota.</summary>
/// <param name="Held">Permits that it was lent.</param>
/// <param name="Open">Permits that its connections have.</param>
/// <param name="LeaseLeft">How long its lease lasts yet; null without one.</param>
internal readonly record struct QuotaFigures(int Held, int Open, TimeSpan? LeaseLeft);
