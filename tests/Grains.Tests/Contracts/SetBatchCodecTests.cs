using System.Diagnostics;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Tests.Contracts;

/// <summary>The one form on the wire that is written by hand: whole, stable, and harmless when it is not what it should be.</summary>
public sealed class SetBatchCodecTests : IDisposable
{
    // What a process of release 0.2 writes. It may never change: another form needs another number (SetBatchCodec.Format).
    private const string Golden =
        "40-5F-03-0D-07-09-03-07-61-62-63-05-39-13-05-01-07-78-79-7A-06-04-03-03-05-09-41-03-67-01-05-C3-A9-00-01-00-6B-EF-EB-FF-3E-11-05-07-B2-04-0B-81-09";

    private static readonly Gen<MessageSet> AnySet = Gen.Select(Gen.OneOf(Gen.Long[1, 300], Gen.Long[1, long.MaxValue]), Gen.Byte.Array[0, 300].Array[1, 6], Gen.Bool, (sequence, payloads, isLast) =>
        new MessageSet(sequence, [.. payloads.SelectMany(p => p)], payloads is [_] ? null : [.. payloads.Select(p => p.Length)], isLast));

    private static readonly Gen<ConnectionOpening> AnyOpening = Gen.Select(Gen.String, Gen.String, Gen.String, Gen.DateTimeOffset, Gen.Long[1, long.MaxValue], Gen.Long[0, long.MaxValue], (gateway, listener, peer, at, next, count) =>
        new ConnectionOpening { Gateway = gateway, Listener = listener, Peer = peer, OpenedAt = at.ToUniversalTime(), NextSequence = next, Messages = count, Bytes = count / 2 });

    private static readonly Gen<BatchedSet> AnyBatched = Gen.Select(
        Gen.OneOf(Gen.Long[1, 300], Gen.Long[1, long.MaxValue]), AnySet.Null(), Gen.Enum<SetOutcome>(), AnyOpening.Null(), Gen.Enum<CloseReason>().Nullable(),
        (connection, set, outcome, opening, closing) => new BatchedSet(connection, set, outcome, opening, closing));

    private static readonly Gen<SetBatch> AnyBatch = AnyBatched.Array[0, 20].Select(sets => new SetBatch(sets));

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly Serializer<SetBatch> _serializer;

    public SetBatchCodecTests() => _serializer = _services.GetRequiredService<Serializer<SetBatch>>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void BatchesArriveWhole() => AnyBatch.Sample(
        batch =>
        {
            var arrived = _serializer.Deserialize(_serializer.SerializeToArray(batch));
            AssertSame(batch, arrived!);
        },
        iter: 2_000);

    [Fact]
    public void TheFormOnTheWireStays()
    {
        var batch = new SetBatch(
        [
            new(3, new MessageSet(1, "abc"u8.ToArray(), null), SetOutcome.Here),
            new(2, new MessageSet(9, "xyz"u8.ToArray(), [0, 3], isLast: true), SetOutcome.Here),
            new(257, null, SetOutcome.NotOpen),
            new(1, null, SetOutcome.Late),
            BatchedSet.Opens(4, new() { Gateway = "g", Listener = "", Peer = "é", OpenedAt = DateTimeOffset.UnixEpoch, NextSequence = 2, Messages = 3, Bytes = 300 }),
            BatchedSet.Closes(5, CloseReason.IdleTimeout),
        ]);
        var bytes = _serializer.SerializeToArray(batch);
        Assert.Equal(Golden, BitConverter.ToString(bytes));
        AssertSame(batch, _serializer.Deserialize(Convert.FromHexString(Golden.Replace("-", "", StringComparison.Ordinal)))!);
    }

    [Fact]
    public void BytesThatAreNoBatchEndInAnExceptionOrABatch_AndTakeNoMoreMemoryThanTheyAre() => Gen.Select(AnyBatch, Gen.Select(Gen.Int[0, 5_000], Gen.Byte).Array[1, 8], Gen.Int[0, 5_000]).Sample(
        (batch, changes, cut) =>
        {
            var bytes = _serializer.SerializeToArray(batch);
            foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
            if (cut < bytes.Length) bytes = bytes[..cut];
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            try
            {
                _serializer.Deserialize(bytes);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // Whatever the serializer calls it: the connection that it came over is closed.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
        },
        iter: 5_000,
        threads: 1);

    private static void AssertSame(SetBatch expected, SetBatch actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var (mine, its) = (expected[i], actual[i]);
            Assert.Equal((mine.Connection, mine.Outcome), (its.Connection, its.Outcome));
            Assert.Equal((mine.Set?.Sequence, mine.Set?.IsLast), (its.Set?.Sequence, its.Set?.IsLast));
            Assert.Equal(mine.Set?.Bytes, its.Set?.Bytes);
            Assert.Equal(mine.Set?.Lengths, its.Set?.Lengths);
            Assert.Equal((mine.Opening, mine.Closing), (its.Opening, its.Closing));
        }
    }
}
