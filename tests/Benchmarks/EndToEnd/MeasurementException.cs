namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>Nothing was measured, and the message says why to a person.</summary>
internal sealed class MeasurementException(string message, Exception? inner = null) : Exception(message, inner);
