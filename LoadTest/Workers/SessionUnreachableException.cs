namespace OrleansEcho.LoadTest.Workers;

/// <summary>A session does not answer now. Its message is a line for a person.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it was noticed by.</param>
internal sealed class SessionUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
