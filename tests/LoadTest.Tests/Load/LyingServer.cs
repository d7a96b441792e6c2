using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>A server that echoes messages of one size, but for those about which it lies; it counts its lies.</summary>
internal sealed class LyingServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly int _size;
    private readonly Func<long, Lie> _lie;
    private readonly Func<long, string?> _refuse;
    private readonly TimeSpan _delay;
    private readonly ConcurrentQueue<IPAddress> _peers = new();
    private readonly long[] _told = new long[Enum.GetValues<Lie>().Length];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _messages;
    private long _accepted;
    private long _refused;
    private int _open;
    private int _mostOpen;
    private volatile Task _stalled = Task.CompletedTask;
    private long _stalledAt;
    private byte[]? _foreign;

    public LyingServer(int size, Func<long, Lie>? lie = null, Func<long, string?>? refuse = null, TimeSpan delay = default,
        SslServerAuthenticationOptions? tls = null)
    {
        (_size, _lie, _refuse, _delay) = (size, lie ?? (_ => Lie.None), refuse ?? (_ => null), delay);
        _server = new LoopbackServer(ServeAsync, tls);
    }

    public int Port => _server.Address.Port;

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>How many messages have come as a whole.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>How many connections have come.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>How many connections were open at a time, at most.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    /// <summary>Where its connections came from.</summary>
    public IReadOnlyCollection<IPAddress> Peers => _peers;

    /// <summary>The subjects of the certificates that its clients have shown; null for none.</summary>
    public IReadOnlyCollection<string?> Clients => _server.Clients;

    /// <summary>When the first message has come.</summary>
    public Task First => _first.Task;

    /// <summary>How often it has lied so.</summary>
    public long Told(Lie lie) => Interlocked.Read(ref _told[(int)lie]);

    /// <summary>How long it really stood still: a busy machine ends a stall late.</summary>
    public TimeSpan StoodStill { get; private set; }

    /// <summary>Stands still for a while.</summary>
    public void Stall(TimeSpan duration)
    {
        _stalledAt = TimeProvider.System.GetTimestamp();
        _stalled = Task.Delay(duration, TimeProvider.System, _server.Stopping);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask StandStillAsync()
    {
        if (_stalled.IsCompleted) return;
        await _stalled;
        StoodStill = TimeProvider.System.GetElapsedTime(_stalledAt);
    }

    private async Task ServeAsync(LoopbackServer.Connection connection)
    {
        _peers.Enqueue(((IPEndPoint)connection.Socket.RemoteEndPoint!).Address);
        CountOpen();
        try
        {
            await ServeAsync(connection, Interlocked.Increment(ref _accepted));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void CountOpen()
    {
        var open = Interlocked.Increment(ref _open);
        for (var most = MostOpen; open > most; most = MostOpen) Interlocked.CompareExchange(ref _mostOpen, open, most);
    }

    private async Task ServeAsync(LoopbackServer.Connection connection, long number)
    {
        var (socket, stream) = (connection.Socket, connection.Stream);
        if (_refuse(number) is { } words)
        {
            Interlocked.Increment(ref _refused);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(words), _server.Stopping);
            socket.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(new byte[1024], _server.Stopping) > 0)
            {
                // What it sent before it heard.
            }

            return;
        }

        byte[]? held = null;
        while (true)
        {
            var message = new byte[_size];
            if (await stream.ReadAtLeastAsync(message, _size, throwOnEndOfStream: false, _server.Stopping) < _size) break;
            _first.TrySetResult();
            await StandStillAsync();
            var lie = _lie(Interlocked.Increment(ref _messages));
            if (held is not null) lie = Lie.None;
            if (lie is not Lie.None and not Lie.Swap) Interlocked.Increment(ref _told[(int)lie]);
            switch (lie)
            {
                case Lie.Drop:
                    continue;
                case Lie.Swap:
                    held = message;
                    continue;
                case Lie.Corrupt:
                    message[_size - 3] = message[_size - 3] is (byte)'x' ? (byte)'y' : (byte)'x';
                    break;
                case Lie.Delay:
                    await Task.Delay(_delay, TimeProvider.System, _server.Stopping);
                    break;
                case Lie.Foreign when Interlocked.CompareExchange(ref _foreign, message, null) is { } other:
                    await stream.WriteAsync(other, _server.Stopping);
                    break;
                case Lie.Reset:
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                case Lie.Plain:
                    await socket.SendAsync(message, _server.Stopping);
                    continue;
            }

            await stream.WriteAsync(message, _server.Stopping);
            if (lie is Lie.Double) await stream.WriteAsync(message, _server.Stopping);
            if (held is null) continue;
            await stream.WriteAsync(held, _server.Stopping);
            Interlocked.Increment(ref _told[(int)Lie.Swap]);
            held = null;
        }

        if (held is not null) Interlocked.Increment(ref _told[(int)Lie.Drop]);
    }
}
