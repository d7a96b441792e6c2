using Microsoft.Extensions.Configuration;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// Lets connections be served by threads that wait for their sockets: what has been read is handled where it was read, and no other thread has to wake up for it, which
/// costs as much as reading does. The threads are the process's, so a program calls this, and no library.
/// </summary>
/// <remarks>
/// What runs on such a thread must not block: the sockets of all its connections would wait. In a gateway nothing does (the console's log drops lines that cannot be written).
/// </remarks>
public static class SocketThreads
{
    // The links to the silos are .NET's sockets. What they receive is a batch of answers, which is read, and handed to the connections' threads, sooner than another thread wakes up;
    // one of .NET's threads is enough for that, unless the environment says otherwise. .NET reads these when it makes its first socket, and they hold for all sockets of the process: where there
    // are no links, stores' clients and silos' ports would have one thread, which whatever blocks on it stops.
    private const string InlineVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string CountVariable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Those that serve connections in this process; null when .NET does.</summary>
    internal static SocketThreadGroup? InUse { get; private set; }

    /// <summary>Sets them up, as <c>Gateway:SocketThreads</c> says. Only on Linux: elsewhere it does nothing.</summary>
    /// <param name="configuration">The program's.</param>
    /// <param name="hasLinks">Whether the silos are other processes.</param>
    /// <exception cref="IOException">The system gives no descriptors for them.</exception>
    public static void Use(IConfiguration configuration, bool hasLinks)
    {
        var wanted = (configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new()).SocketThreads;
        if (wanted < 0 || InUse is not null || !OperatingSystem.IsLinux()) return;
        if (hasLinks)
        {
            SetUnlessSet(InlineVariable, "1");
            SetUnlessSet(CountVariable, "1");
        }

        InUse = new SocketThreadGroup(wanted > 0 ? wanted : Math.Max(1, Environment.ProcessorCount / 2));
    }

    private static void SetUnlessSet(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is null) Environment.SetEnvironmentVariable(variable, value);
    }
}
