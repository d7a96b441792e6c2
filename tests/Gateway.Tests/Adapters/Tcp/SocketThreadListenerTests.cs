using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

/// <summary>What every listener does, with connections that live on socket threads.</summary>
public sealed class SocketThreadListenerTests : StreamListenerTests
{
    private static readonly SocketThreadGroup Group = new(2);

    private protected override SocketThreadGroup? Threads => Group;
}
