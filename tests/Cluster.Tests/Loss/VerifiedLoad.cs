using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// Connections that send numbered messages without an end, and look at every byte that comes back: whether it is theirs, in order, and once;
/// how long they waited at most; and whether anything but they themselves ended them. Half of them pipeline.
/// </summary>
internal sealed class VerifiedLoad : IAsyncDisposable
{
    private const int Pipelined = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // Longer than any row of the table allows: it shows in the figure then, and does not hang the test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<Task> _running = [];
    private long _messages;
    private long _longest;

    /// <summary>What went wrong: connections that were closed, messages that were lost, doubled, reordered or changed.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Messages that came back.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>The longest that anybody has waited for an answer since <see cref="Forget"/>.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

    /// <summary>Opens so many connections, and begins.</summary>
    public static async Task<VerifiedLoad> StartAsync(int connections, EndPoint gateway)
    {
        var load = new VerifiedLoad();
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(gateway, TestContext.Current.CancellationToken);
            var number = i;
            load._running.Add(Task.Run(() => load.RunAsync(socket, number)));
        }

        return load;
    }

    /// <summary>Waits are measured from now on.</summary>
    public void Forget() => Interlocked.Exchange(ref _longest, 0);

    /// <summary>Waits until each connection has had its next answer: nobody is left behind.</summary>
    public async Task AllAnswerAsync(TimeSpan limit)
    {
        var before = Messages;
        await Deadline.UntilAsync(() => Task.FromResult(Messages > before + (_running.Count * 2 * Pipelined)), "messages to be echoed again", limit);
    }

    /// <summary>Ends each connection in order, and checks that nothing more comes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested) return;
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        _end.Dispose();
    }

    private async Task RunAsync(Socket socket, int number)
    {
        using (socket)
        {
            var at = 0L;
            try
            {
                var count = number % 2 is 0 ? 1 : Pipelined;
                while (!_end.IsCancellationRequested)
                {
                    await ExchangeAsync(socket, number, at, count);
                    at += count;
                    await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
                }

                socket.Shutdown(SocketShutdown.Send);
                var rest = await ReceiveAsync(socket, 1);
                if (rest.Length > 0) _faults.Enqueue($"connection {number}: '{Encoding.Latin1.GetString(rest)}' came after the last message");
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException or InvalidDataException)
            {
                _faults.Enqueue($"connection {number}, message {at}: {fault.Message}");
            }
        }
    }

    /// <summary>Sends some messages at once, and waits for all of them.</summary>
    private async Task ExchangeAsync(Socket socket, int number, long first, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"{number}.{first + i} ").Append((char)('a' + ((first + i) % 26)), (int)((first + i) % 50)).Append('\n');
        var sent = Encoding.Latin1.GetBytes(text.ToString());
        var start = TimeProvider.System.GetTimestamp();
        await socket.SendAsync(sent, CancellationToken.None);
        var got = await ReceiveAsync(socket, sent.Length);
        Note(TimeProvider.System.GetElapsedTime(start));
        if (!got.AsSpan().SequenceEqual(sent)) throw new InvalidDataException($"sent '{text}', got '{Encoding.Latin1.GetString(got)}'{(got.Length < sent.Length ? " and the end" : "")}");
        Interlocked.Add(ref _messages, count);
    }

    private void Note(TimeSpan wait)
    {
        var longest = Interlocked.Read(ref _longest);
        while (wait.Ticks > longest && Interlocked.CompareExchange(ref _longest, wait.Ticks, longest) is var now && now != longest) longest = now;
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        var buffer = new byte[length];
        var filled = 0;
        using var patience = new CancellationTokenSource(Patience);
        while (filled < length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), patience.Token);
            if (read is 0) return buffer[..filled];
            filled += read;
        }

        return buffer;
    }
}
