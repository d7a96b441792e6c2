namespace OrleansEcho.Gateway.Diagnostics;

/// <summary>What is told of one silo that answers.</summary>
/// <param name="Silo">Where it is: <c>10.0.0.7:30000</c>.</param>
/// <param name="Connections">Connections of this gateway that are on it.</param>
/// <param name="Heartbeat">How long it took to answer the last heartbeat; null where there is none (<c>Standalone</c>) or not yet.</param>
internal readonly record struct SiloFigures(string Silo, int Connections, TimeSpan? Heartbeat);
