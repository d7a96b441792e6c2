namespace OrleansEcho.LoadTest.Commands;

/// <summary>A kind of file that results are written to.</summary>
/// <typeparam name="T">What is written: of a run, or of a search.</typeparam>
/// <param name="Option">The option that asks for it, such as <c>--json</c>.</param>
/// <param name="Description">What it is good for.</param>
/// <param name="WriteAsync">Writes it to a path. An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> is told as a fault of the file; a <see cref="Load.CannotRunException"/> in its own words.</param>
internal sealed record ResultFormat<T>(string Option, string Description, Func<T, string, CancellationToken, Task> WriteAsync);
