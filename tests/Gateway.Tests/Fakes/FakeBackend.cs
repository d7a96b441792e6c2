using System.Collections.Concurrent;
using System.Threading.Channels;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A cluster, as the test plays it.</summary>
internal sealed class FakeBackend(Func<FakeGrain> makeGrain) : IBackend
{
    private readonly Channel<FakeGrain> _opened = Channel.CreateUnbounded<FakeGrain>();

    public FakeBackend()
        : this(() => new FakeGrain())
    {
    }

    public bool IsReachable { get; set; } = true;

    /// <summary>Makes each opening fail with it.</summary>
    public Exception? OpenFault { get; set; }

    public ConcurrentQueue<(ConnectionId Id, ConnectionOpening Opening)> Openings { get; } = new();

    public ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken)
    {
        if (OpenFault is not null) return ValueTask.FromException<IBackendConnection>(OpenFault);
        Openings.Enqueue((id, opening));
        var grain = makeGrain();
        _opened.Writer.TryWrite(grain);
        return new(grain);
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => default;

    /// <summary>Waits for the next connection's grain to be opened.</summary>
    public Task<FakeGrain> NextGrainAsync() =>
        _opened.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("a connection to open its grain");
}
