using System.Net;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// Connections that send numbered messages without an end, and look at every byte that comes back: whether it is theirs, in order, and once;
/// how long they waited at most; and whether anything but they themselves ended them. Half of them pipeline.
/// </summary>
internal sealed class VerifiedLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly IReadOnlyList<VerifiedConnection> _connections;
    private IReadOnlyList<Task> _running = [];

    private VerifiedLoad(int connections) => _connections = [.. Enumerable.Range(0, connections).Select(number => new VerifiedConnection(number))];

    /// <summary>What went wrong: connections that were closed, messages that were lost, doubled, reordered or changed.</summary>
    public IReadOnlyCollection<string> Faults => [.. _connections.Select(c => c.Fault).OfType<string>()];

    /// <summary>Messages that came back.</summary>
    public long Messages => _connections.Sum(c => c.Messages);

    /// <summary>
    /// The longest that anybody has waited for an answer: of the waits that ended since <see cref="Forget"/>, with all of their time, and of those
    /// that go on.
    /// </summary>
    public TimeSpan Longest => _connections.Max(c => c.Longest);

    /// <summary>The shortest that anybody has waited for an answer since <see cref="Forget"/>.</summary>
    public TimeSpan Shortest => _connections.Min(c => c.Shortest);

    /// <summary>Opens so many connections, and begins.</summary>
    public static async Task<VerifiedLoad> StartAsync(int connections, EndPoint gateway)
    {
        var load = new VerifiedLoad(connections);
        try
        {
            foreach (var connection in load._connections) await connection.ConnectAsync(gateway);
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }

        load._running = [.. load._connections.Select(c => Task.Run(() => c.RunAsync(load._end.Token)))];
        return load;
    }

    /// <summary>Waits that have ended no longer count.</summary>
    public void Forget()
    {
        foreach (var connection in _connections) connection.Forget();
    }

    /// <summary>
    /// Waits until each connection has been answered what it began to send after this call: nobody is left behind. One that has ended is not
    /// waited for: its end is among the <see cref="Faults"/>.
    /// </summary>
    public async Task AllAnswerAsync(TimeSpan limit)
    {
        var missing = _connections.Select(c => (Connection: c, Began: c.Began)).ToList();
        try
        {
            await Deadline.UntilAsync(
                () =>
                {
                    missing.RemoveAll(m => m.Connection.Answered > m.Began || m.Connection.Fault is not null);
                    return Task.FromResult(missing.Count is 0);
                },
                $"each of {_connections.Count} connections to be answered again",
                limit);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message} Those that were not: {string.Join(", ", missing.Select(m => $"{m.Connection}, which has been waiting for {m.Connection.Waiting.TotalSeconds:0.00} s"))}.", fault);
        }
    }

    /// <summary>Ends each connection in order, and checks that nothing more comes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested) return;
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        foreach (var connection in _connections) connection.Dispose();
        _end.Dispose();
    }
}
