using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>The adapter of stream connections, over TCP and Unix sockets, in every framing of <see cref="Framings"/>.</summary>
internal sealed class TcpAdapter(
    IOptions<TcpListeners> listeners,
    ConnectionLife life,
    GatewayMetrics metrics,
    ILoggerFactory loggers) : IProtocolAdapter
{
    public IEnumerable<IListener> CreateListeners()
    {
        foreach (var (name, options) in listeners.Value.Active)
        {
            if (!Framings.TryGet(options.Framing, out var codec)) throw new InvalidOperationException($"No framing '{options.Framing}'.");
            yield return new StreamListener(name, options, codec, life, metrics, loggers, SocketThreads.InUse);
        }
    }
}
