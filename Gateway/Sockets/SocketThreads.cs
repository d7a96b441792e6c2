using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// Lets connections be served by the threads that wait for their sockets: what has been read is handled where it was read, and no other thread has to wake up for it, which
/// costs as much as reading does. .NET decides that for a whole process, before its first socket; so a program calls this, and no library.
/// </summary>
/// <remarks>
/// What runs on such a thread must not block: the sockets of all its connections would wait. In a gateway nothing does (the console's log drops lines that cannot be written).
/// </remarks>
public static class SocketThreads
{
    // .NET reads these when it makes its first socket.
    private const string InlineVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string CountVariable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Whether they serve connections in this process.</summary>
    internal static bool AreInUse { get; private set; }

    /// <summary>Sets them up, as <c>Gateway:SocketThreads</c> says. What the environment says about it stands. Only on Linux: elsewhere it does nothing.</summary>
    public static void Use(IConfiguration configuration)
    {
        var wanted = (configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new()).SocketThreads;
        if (wanted < 0 || AreInUse || !OperatingSystem.IsLinux()) return;
        var count = wanted > 0 ? wanted : Math.Max(1, Environment.ProcessorCount / 2);
        if (Set(InlineVariable, "1") is not "1") return;
        if (!int.TryParse(Set(CountVariable, count.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture, out count) || count <= 0) return;
        AreInUse = true;
        HangBells(count);
    }

    /// <summary>Sets a variable that is not set, and answers with what it is.</summary>
    private static string Set(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is { } known) return known;
        Environment.SetEnvironmentVariable(variable, value);
        return value;
    }

    // .NET deals sockets out to its threads in turn, so that as many bells as threads reach each of them.
    private static void HangBells(int count)
    {
        using var listener = NewSocket();
        var address = new UnixDomainSocketEndPoint($"\0orleansecho-{Guid.NewGuid():N}"); // without a file: it may be called by nobody who does not know it
        listener.Bind(address);
        listener.Listen(1);
        for (var i = 0; i < count; i++)
        {
            var bell = NewSocket();
            bell.Connect(address);
            SocketThread.Hang(bell, listener.Accept());
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
