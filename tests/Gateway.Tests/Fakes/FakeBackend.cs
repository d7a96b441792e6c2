using System.Collections.Concurrent;
using System.Threading.Channels;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

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

    /// <summary>Holds each opening up.</summary>
    public Task BeforeOpen { get; set; } = Task.CompletedTask;

    public ConcurrentQueue<(ConnectionId Id, ConnectionOpening Opening)> Openings { get; } = new();

    public async ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken)
    {
        await BeforeOpen.WaitAsync(cancellationToken);
        if (OpenFault is not null) throw OpenFault;
        Openings.Enqueue((id, opening));
        var grain = makeGrain();
        _opened.Writer.TryWrite(grain);
        return grain;
    }

    /// <summary>Answers the requests for permits.</summary>
    public Func<LeaseRequest, Task<LeaseReply>> Quota { get; set; } = _ => throw new BackendUnavailableException("no quota here");

    public async ValueTask<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => await Quota(request).WaitAsync(cancellationToken);

    /// <summary>Waits for the next connection's grain to be opened.</summary>
    public Task<FakeGrain> NextGrainAsync() =>
        _opened.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("a connection to open its grain");
}
