using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// A <see cref="Peer"/> of a <see cref="VerifiedLoad"/>: exchange after exchange, each some numbered messages that it sends at once and
/// waits for. It knows at any time how long it has been waiting.
/// </summary>
internal sealed class VerifiedConnection : IDisposable
{
    private const int Pipelined = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // Longer than any row of the table allows: it shows in the figure then, and does not hang the test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly int _number;
    private readonly int _count;
    private Peer? _peer;
    private long _began;
    private long _answered;
    private long? _waitsSince;
    private TimeSpan _longest;
    private TimeSpan _shortest = TimeSpan.MaxValue;
    private volatile string? _fault;

    /// <summary>Makes one that is not connected yet.</summary>
    /// <param name="number">What it calls itself in its messages. Odd ones pipeline.</param>
    public VerifiedConnection(int number) => (_number, _count) = (number, number % 2 is 0 ? 1 : Pipelined);

    /// <summary>What ended it, other than itself; null when nothing has.</summary>
    public string? Fault => _fault;

    /// <summary>Messages that came back.</summary>
    public long Messages => Answered * _count;

    /// <summary>Exchanges that have begun.</summary>
    public long Began
    {
        get
        {
            lock (_lock) return _began;
        }
    }

    /// <summary>Exchanges whose messages have all come back.</summary>
    public long Answered
    {
        get
        {
            lock (_lock) return _answered;
        }
    }

    /// <summary>For how long it has been waiting; zero when it does not wait.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_lock) return Now;
        }
    }

    /// <summary>The longest of the waits that ended since <see cref="Forget"/> and of the one that goes on.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_lock) return Now > _longest ? Now : _longest;
        }
    }

    /// <summary>The shortest of the waits that ended since <see cref="Forget"/>.</summary>
    public TimeSpan Shortest
    {
        get
        {
            lock (_lock) return _shortest;
        }
    }

    private TimeSpan Now => _waitsSince is { } since ? TimeProvider.System.GetElapsedTime(since) : TimeSpan.Zero;

    private Peer Connected => _peer ?? throw new InvalidOperationException("It is not connected.");

    public async Task ConnectAsync(EndPoint gateway) => _peer = await Peer.ConnectAsync(gateway);

    /// <summary>Forgets the waits that have ended.</summary>
    public void Forget()
    {
        lock (_lock) (_longest, _shortest) = (TimeSpan.Zero, TimeSpan.MaxValue);
    }

    /// <summary>Exchanges messages until it is told to end, ends the connection in order, and checks that nothing more comes.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                await ExchangeAsync();
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }

            Connected.Finish();
            var rest = await ReceiveAsync(1);
            if (rest.Length > 0) _fault = $"{this}: '{Encoding.Latin1.GetString(rest)}' came after the last message";
        }
        catch (Exception fault) when (fault is SocketException or InvalidDataException)
        {
            _fault = $"{this}, message {Messages}: {fault.Message}";
        }
        catch (OperationCanceledException)
        {
            _fault = $"{this}, message {Messages}: nothing came for {Patience.TotalSeconds:0} s";
        }
        finally
        {
            Connected.Dispose();
        }
    }

    public override string ToString() => $"connection {_number}";

    public void Dispose() => _peer?.Dispose();

    /// <summary>Sends some messages at once, and waits for all of them.</summary>
    private async Task ExchangeAsync()
    {
        var sent = NextMessages();
        lock (_lock) (_began, _waitsSince) = (_began + 1, TimeProvider.System.GetTimestamp());
        var isAnswered = false;
        try
        {
            await Connected.SendUntilAsync(sent, CancellationToken.None);
            var got = await ReceiveAsync(sent.Length);
            if (!got.AsSpan().SequenceEqual(sent))
            {
                throw new InvalidDataException(
                    $"sent '{Encoding.Latin1.GetString(sent)}', got "
                    + $"'{Encoding.Latin1.GetString(got)}'{(got.Length < sent.Length ? " and the end" : "")}");
            }

            isAnswered = true;
            lock (_lock) _shortest = Now < _shortest ? Now : _shortest;
        }
        finally
        {
            lock (_lock) (_longest, _waitsSince, _answered) = (Now > _longest ? Now : _longest, null, _answered + (isAnswered ? 1 : 0));
        }
    }

    private byte[] NextMessages()
    {
        var text = new StringBuilder();
        for (var at = Messages; at < Messages + _count; at++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_number}.{at} ").Append((char)('a' + (at % 26)), (int)(at % 50)).Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private async Task<byte[]> ReceiveAsync(int length)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Connected.ReceiveUntilAsync(length, patience.Token);
    }
}
