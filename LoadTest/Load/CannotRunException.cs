namespace OrleansEcho.LoadTest.Load;

/// <summary>A run that could not be: no target answers, an address is not this machine's, a certificate cannot be read.</summary>
/// <param name="message">One line for whoever started it: what, where, what to do.</param>
internal sealed class CannotRunException(string message) : Exception(message);
