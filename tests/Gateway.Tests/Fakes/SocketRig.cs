using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A listener whose connections live on socket threads, and whose peers are real sockets.</summary>
internal sealed class SocketRig : IAsyncDisposable
{
    // They live as long as the process, as in a program.
    private static readonly SocketThreadGroup One = new(1);
    private static readonly SocketThreadGroup Two = new(2);

    private readonly IConnectionListener _listener;
    private readonly List<SocketConnection> _connections = [];

    private SocketRig(IConnectionListener listener) => _listener = listener;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The thread of a rig that has one.</summary>
    public static SocketThread Thread => One.Next();

    public EndPoint Address => _listener.EndPoint;

    public IConnectionListener Listener => _listener;

    /// <summary>Binds the listener.</summary>
    public static async Task<SocketRig> ListenAsync(
        EndPoint? address = null, bool severalThreads = false, Action<SocketTransportOptions>? configure = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket threads are for Linux.");
        var options = StreamListener.Transport(new());
        configure?.Invoke(options);
        var factory = new SocketListenerFactory(severalThreads ? Two : One, options, ArrayPool<byte>.Shared, DescriptorReserve.OfPeers,
            TimeProvider.System, NullLoggerFactory.Instance);
        return new(await factory.BindAsync(address ?? new IPEndPoint(IPAddress.Loopback, 0), Stop));
    }

    /// <summary>The next connection that has been made.</summary>
    public async Task<SocketConnection> AcceptAsync()
    {
        var connection = (SocketConnection)(await _listener.AcceptAsync(Stop).AsTask().WithinAsync("a connection"))!;
        lock (_connections) _connections.Add(connection);
        return connection;
    }

    /// <summary>Connects a peer.</summary>
    public async Task<(SocketConnection Connection, Peer Peer)> ConnectAsync()
    {
        var peer = await Peer.ConnectAsync(Address);
        return (await AcceptAsync(), peer);
    }

    /// <summary>Runs something on the rig's one thread, and what follows where that goes on.</summary>
    public static async Task<T> AtHomeAsync<T>(Func<Task<T>> run)
    {
        var begun = new BegunWork<T>(run);
        Thread.Add(begun);
        Thread.Ring();
        return await (await begun.Task).WithinAsync("what runs on the thread");
    }

    /// <summary>
    /// Sends back what comes, until the peer has finished; then closes. From the second read on, on the connection's thread.
    /// </summary>
    public static Task EchoAsync(ConnectionContext connection) => Task.Run(async () =>
    {
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync();
                foreach (var segment in read.Buffer) connection.Transport.Output.Write(segment.Span);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if ((await connection.Transport.Output.FlushAsync()).IsCompleted || read.IsCompleted) break;
            }
        }
        catch (IOException)
        {
            // The peer has reset it, or the test has aborted it.
        }

        await connection.DisposeAsync();
    });

    public static string Text(ReadResult read) => Encoding.Latin1.GetString(read.Buffer);

    /// <summary>How many descriptors of sockets the process has.</summary>
    public static int CountSockets() => new DirectoryInfo("/proc/self/fd")
        .EnumerateFileSystemInfos().Count(f => f.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false);

    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync(CancellationToken.None);
        await _listener.DisposeAsync();
        foreach (var connection in _connections)
        {
            connection.Abort(new ConnectionAbortedException("The test is over."));
            await connection.DisposeAsync().AsTask().WithinAsync("a connection to close");
        }

        await Task.Yield(); // whoever waits for a close goes on on the connection's thread: the next test must not
    }

    private sealed class BegunWork<T>(Func<Task<T>> run) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<Task<T>> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Task<T>> Task => _begun.Task;

        public void Execute() => _begun.SetResult(run());
    }
}
