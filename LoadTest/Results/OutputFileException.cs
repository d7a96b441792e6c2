namespace OrleansEcho.LoadTest.Results;

/// <summary>A file cannot be read or written. Its message is a line for a person: what, where, what to do.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it was noticed by.</param>
internal sealed class OutputFileException(string message, Exception? inner = null) : Exception(message, inner);
