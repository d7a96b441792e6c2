using System.Threading.Channels;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A call that waits for the test's answer; its continuation runs on the thread that answers.</summary>
internal sealed class EchoCall(MessageSet set, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<MessageSet> _answer = new();

    public MessageSet Set => set;

    public CancellationToken CancellationToken => cancellationToken;

    public Task<MessageSet> Answered => _answer.Task;

    public string Text => set.Text();

    public void Answer() => _answer.SetResult(set);

    public void Fail(Exception fault) => _answer.SetException(fault);
}

/// <summary>The backend's end of a connection, as the test plays it: it answers at once, or leaves that to the test.</summary>
internal sealed class FakeGrain(bool answers = true) : IBackendConnection
{
    private readonly Channel<EchoCall> _calls = Channel.CreateUnbounded<EchoCall>();
    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EchoCall? _pending;

    /// <summary>All sets so far.</summary>
    public List<MessageSet> Sets { get; } = [];

    /// <summary>The call that waits for its answer; null when none does.</summary>
    public EchoCall? Pending => _pending is { Answered.IsCompleted: false } ? _pending : null;

    /// <summary>The reason that the grain was closed with.</summary>
    public Task<CloseReason> Closed => _closed.Task;

    /// <summary>Thrown by <see cref="CloseAsync"/>, after it has taken the reason.</summary>
    public Exception? CloseFault { get; init; }

    public ValueTask<MessageSet> EchoAsync(MessageSet set, CancellationToken cancellationToken)
    {
        if (Pending is not null) throw new InvalidOperationException("Two sets of one connection are outstanding.");
        if (set.Sequence != Sets.Count + 1) throw new InvalidOperationException($"Set {set.Sequence} came as number {Sets.Count + 1}.");
        Sets.Add(set);
        if (answers) return new(set);
        _pending = new EchoCall(set, cancellationToken);
        _calls.Writer.TryWrite(_pending);
        return new(_pending.Answered);
    }

    public ValueTask CloseAsync(CloseReason reason)
    {
        if (!_closed.TrySetResult(reason)) throw new InvalidOperationException("The grain was closed twice.");
        return CloseFault is null ? default : ValueTask.FromException(CloseFault);
    }

    /// <summary>Waits for the next call.</summary>
    public Task<EchoCall> NextCallAsync() =>
        _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("a call to the grain");

    /// <summary>Waits a second, an eternity inside one machine, for a call; null when none comes.</summary>
    public async Task<EchoCall?> TryNextCallAsync()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            return await _calls.Reader.ReadAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
