using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Testing.Processes;

/// <summary>
/// Ports for servers that must be told theirs. They lie below those that the system gives to outgoing connections, so that nobody
/// takes one between the look and the start.
/// </summary>
public static class FreePorts
{
    private const int First = 15_000;
    private const int End = 32_000;

    private static int Last = Random.Shared.Next(First, End); // other test programs may look for ports at the same time

    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref Last) % (End - First));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
