namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>Lets sockets' callbacks run on the threads that the system tells of bytes: they never wait here, and a switch of threads costs more than a message.</summary>
internal static class InlineCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called before the first socket: .NET has no other way to ask for it than its environment, which it reads then.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null) Environment.SetEnvironmentVariable(Variable, "1");
    }
}
