namespace OrleansEcho.ServiceDefaults;

/// <summary>Something that a program does once, instead of running: a flag without a value.</summary>
/// <param name="Name">How it is written: <c>--init-db</c>.</param>
/// <param name="Description">What it does, in one sentence.</param>
/// <param name="RunAsync">
/// Does it, with the services that the program has, none of them started; answers with the line for a person. A
/// <see cref="StartupException"/> ends it with another.
/// </param>
public sealed record ProgramCommand(string Name, string Description, Func<IServiceProvider, CancellationToken, Task<string>> RunAsync);
