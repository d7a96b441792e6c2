using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>
/// A gateway without a socket: what a connection of the load tester sends comes back when <see cref="Reflect"/> is called. Allocates nothing,
/// so that what is allocated is the load tester's.
/// </summary>
internal sealed class Mirror : Transport
{
    private readonly LoadShard _shard = new();
    private readonly byte[] _bytes;
    private int _length;

    /// <summary>Begins to load it: a closed loop on one connection.</summary>
    /// <param name="framing">Its framing, by name.</param>
    /// <param name="depth">How many messages are in flight.</param>
    /// <param name="size">How long each is, in bytes on the wire.</param>
    public Mirror(string framing, int depth, int size)
    {
        var run = new RunContext(new MessageText(1, size), TimeProvider.System);
        var flow = new LoadFlow { Kind = FlowKind.Closed, Depth = depth, Sizes = SizeDistribution.Fixed(size) };
        var schedule = new LoadSchedule([new LoadStage(TimeSpan.FromHours(1), 1)]);
        var behaviour = new LoadBehaviour(flow, schedule, static () => 0, thinking: null, [size], size, seed: 1);
        _bytes = new byte[depth * size];
        if (!new LoadConnection(run, WireFraming.Of(framing), behaviour, _shard, static _ => { }).TryBegin(this, 1)) throw new InvalidOperationException("The connection has begun before.");
    }

    /// <summary>What was counted: to be read when nothing is being reflected.</summary>
    public LoadCounts Counts => _shard.Counts;

    /// <summary>Gives back what has come, and so gets as much again.</summary>
    public void Reflect()
    {
        for (var rest = _bytes.AsSpan(0, _length); !rest.IsEmpty;)
        {
            var room = Sink.ReceiveBuffer.Span;
            var some = rest[..Math.Min(rest.Length, room.Length)];
            some.CopyTo(room);
            rest = rest[some.Length..];
            if (rest.IsEmpty) _length = 0; // before the next messages come, which go to the same place
            Sink.Received(this, some.Length);
        }
    }

    public override void Start()
    {
    }

    public override bool Send(ReadOnlyMemory<byte> bytes)
    {
        bytes.Span.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return true;
    }

    public override void Dispose()
    {
    }
}
