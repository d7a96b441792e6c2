using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>A kind of file that results are written to.</summary>
/// <param name="Option">The option that asks for it, such as <c>--json</c>.</param>
/// <param name="Description">What it is good for.</param>
/// <param name="WriteAsync">Writes it to a path. An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> is told as a fault of the file; a <see cref="Load.CannotRunException"/> in its own words.</param>
internal sealed record ResultFormat(string Option, string Description, Func<RunResult, string, CancellationToken, Task> WriteAsync);
