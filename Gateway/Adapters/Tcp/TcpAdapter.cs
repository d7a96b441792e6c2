using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>The adapter of stream connections, over TCP and Unix sockets, in every framing of <see cref="Framings"/>.</summary>
internal sealed partial class TcpAdapter(
    IOptions<TcpListeners> listeners,
    ConnectionLife life,
    BufferBudget budget,
    GatewayMetrics metrics,
    ILoggerFactory loggers) : IProtocolAdapter
{
    public IEnumerable<IListener> CreateListeners()
    {
        if (SocketThreads.InUse is { } threads)
        {
            var logger = loggers.CreateLogger<SocketThread>();
            threads.OnFault = fault => Log.Faulted(logger, fault);
        }

        foreach (var (name, options) in listeners.Value.Active)
        {
            if (!Framings.TryGet(options.Framing, out var codec)) throw new InvalidOperationException($"No framing '{options.Framing}'.");
            yield return new StreamListener(name, options, codec, life, budget, metrics, loggers, SocketThreads.InUse);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            2009, LogLevel.Error, "What a connection had a socket thread do has failed; the connection ends, the thread goes on.")]
        public static partial void Faulted(ILogger logger, Exception fault);
    }
}
