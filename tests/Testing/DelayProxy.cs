using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OrleansEcho.Testing;

/// <summary>A line to somewhere on which everything takes its time: each piece as long as the dice say, and none overtakes another.</summary>
public sealed class DelayProxy : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly IPEndPoint _target;
    private readonly TimeSpan _least;
    private readonly TimeSpan _most;
    private readonly Action<ReadOnlyMemory<byte>> _seen;

    /// <summary>Listens.</summary>
    /// <param name="here">The address that it listens on.</param>
    /// <param name="target">Where the line leads to.</param>
    /// <param name="least">What a piece takes at least, each way.</param>
    /// <param name="most">What it takes at most.</param>
    /// <param name="seen">Sees each piece, of either way; nobody when null.</param>
    public DelayProxy(IPAddress here, IPEndPoint target, TimeSpan least, TimeSpan most, Action<ReadOnlyMemory<byte>>? seen = null)
    {
        (_target, _least, _most, _seen) = (target, least, most, seen ?? (static _ => { }));
        _listener = new LoopbackListener(here, CarryAsync);
    }

    /// <summary>The line's near end.</summary>
    public IPEndPoint Address => _listener.Address;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                (near.NoDelay, far.NoDelay) = (true, true);
                await far.ConnectAsync(_target, _listener.Stopping);
                await Task.WhenAny(CarryAsync(near, far), CarryAsync(far, near));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                // One end has gone: the other one hears of it.
            }
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var pieces = Channel.CreateUnbounded<(byte[] Piece, long Due)>();
        var writing = WriteAsync(pieces.Reader, to);
        try
        {
            var buffer = new byte[65_536];
            var last = 0L;
            while (await from.ReceiveAsync(buffer, _listener.Stopping) is > 0 and var read)
            {
                _seen(buffer.AsMemory(0, read));
                var takes = _least + ((_most - _least) * Random.Shared.NextDouble());
                last = Math.Max(last, TimeProvider.System.GetTimestamp() + (long)(takes.TotalSeconds * TimeProvider.System.TimestampFrequency));
                pieces.Writer.TryWrite((buffer[..read], last));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // That end has gone.
        }

        pieces.Writer.Complete();
        await writing;
    }

    private async Task WriteAsync(ChannelReader<(byte[] Piece, long Due)> pieces, Socket to)
    {
        try
        {
            await foreach (var (piece, due) in pieces.ReadAllAsync(_listener.Stopping))
            {
                var wait = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System, _listener.Stopping);
                await to.SendAsync(piece, _listener.Stopping);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // That end has gone.
        }
    }
}
