using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load.Messages;

/// <summary>A connection without a socket: it sends what it is told to, and reads whatever a test makes of that, in whatever pieces.</summary>
internal sealed class EchoBench(string framing, SizeDistribution sizes)
{
    private const long Own = 7;

    private readonly RunContext _run = new(new MessageText(4711, sizes.Max), TimeProvider.System);
    private readonly LoadShard _shard = new();

    /// <summary>The frames that a connection sends.</summary>
    /// <param name="count">How many.</param>
    /// <param name="connection">The number of the connection; null for the one that reads.</param>
    public IReadOnlyList<byte[]> Frames(int count, long? connection = null)
    {
        var wire = new Wire();
        Open(wire, connection ?? Own, count).Close();
        _shard.Counts.Clear();
        return wire.Frames;
    }

    /// <summary>Reads a stream after so many messages were sent, and closes.</summary>
    /// <param name="sent">How many messages.</param>
    /// <param name="stream">What comes back.</param>
    /// <param name="ends">Where reads end, but for the last.</param>
    public EchoCounts Read(int sent, byte[] stream, params ReadOnlySpan<int> ends)
    {
        var wire = new Wire();
        var connection = Open(wire, Own, sent);
        var from = 0;
        foreach (var end in ends)
        {
            wire.Deliver(stream.AsMemory(from..end));
            from = end;
        }

        wire.Deliver(stream.AsMemory(from..));
        connection.Close();
        var counts = _shard.Counts;
        var result = new EchoCounts(
            counts.Messages,
            counts.Bytes,
            new IntegrityFigures(counts.Lost, counts.Doubled, counts.Reordered, counts.Corrupted, counts.Foreign, counts.Unanswered),
            string.Join(' ', counts.Refusals.Keys));
        counts.Clear();
        return result;
    }

    private LoadConnection Open(Wire wire, long id, int count)
    {
        var flow = new LoadFlow { Kind = FlowKind.Open, Sizes = sizes };
        var schedule = new LoadSchedule([new LoadStage(TimeSpan.FromSeconds(1), 1, 1)], TimeSpan.Zero);
        int[] all = [.. sizes.Parts.SelectMany(p => Enumerable.Range(p.From, p.To - p.From + 1)).Distinct().Order()];
        var behaviour = new LoadBehaviour(flow, schedule, () => 0, null, all, sizes.Max, seed: 1);
        var connection = new LoadConnection(_run, WireFraming.Of(framing), behaviour, _shard, _ => { });
        connection.TryBegin(wire, id);
        for (; count > 0; count--) connection.TryQueue(_run.Now);
        return connection;
    }

    private sealed class Wire : Transport
    {
        /// <summary>What was sent: one message each time, as each is due for itself.</summary>
        public List<byte[]> Frames { get; } = [];

        public override void Start()
        {
        }

        public override bool Send(ReadOnlyMemory<byte> bytes)
        {
            Frames.Add(bytes.ToArray());
            return true;
        }

        public override void Dispose()
        {
        }

        /// <summary>One read, or several where the connection has not that much room.</summary>
        public void Deliver(ReadOnlyMemory<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var room = Sink.ReceiveBuffer;
                Assert.False(room.IsEmpty);
                var count = Math.Min(room.Length, bytes.Length);
                bytes[..count].CopyTo(room);
                Sink.Received(this, count);
                bytes = bytes[count..];
            }
        }
    }
}
